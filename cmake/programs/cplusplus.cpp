// A C++ program with both halves of the library, after and before Windows' headers.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>
#include <vector>
#include <WinSock2.h>
#include <Ws2tcpip.h>
#include <cwchar>
#include <map>

#pragma comment(lib, "Ws2_32.lib")

int wmain(int argc, wchar_t *argv[], wchar_t *envp[])
{
    std::wstring text = L"wide";
    text += L" and " + std::to_wstring(42);
    std::map<std::wstring, int> names{{L"b", 2}, {L"a", 1}};
    std::vector<int> numbers{3, 1, 2};
    std::sort(numbers.begin(), numbers.end());
    auto twice = std::bind([](int number) { return 2 * number; }, std::placeholders::_1);

    std::wprintf(L"%s %zu %d\n", text.c_str(), text.size(), (int)text.find(L'4'));
    std::printf("%d %d%d%d %d\n", twice(4), numbers[0], numbers[1], numbers[2],
                names.begin()->second);
    std::cout << "stream " << sizeof(wchar_t) << std::endl;

    WSADATA data;
    unsigned long mode = 1;
    char buffer[16];
    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    std::printf("%d %d\n", ioctlsocket(s, FIONBIO, (u_long *)&mode), s != INVALID_SOCKET);
    sprintf_s(buffer, "%I64d", 7LL);
    std::cout << buffer << " " << argc << " " << (envp != nullptr) << std::endl;
    return closesocket(s) + WSACleanup() + (int)std::wcslen(argv[0]) * 0 + 3;
}
