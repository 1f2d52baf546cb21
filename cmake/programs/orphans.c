/* Children that outlive their parent, which ends with its sockets: they notice, and go on. */
#include <stdio.h>
#include <stdlib.h>
#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>

static void start(const char *argument)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    char path[MAX_PATH], line[100];

    GetModuleFileNameA(NULL, path, MAX_PATH);
    snprintf(line, sizeof line, "orphans %s %lu", argument, GetCurrentProcessId());
    if (!CreateProcessA(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child))
        exit(9);
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
}

static int watch(DWORD parent)
{
    HANDLE process = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, parent);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(4000)};
    SOCKET talk = socket(AF_INET, SOCK_STREAM, 0);
    DWORD code = 0;
    char byte;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    printf("connected %d\n", connect(talk, (struct sockaddr *)&address, sizeof address));
    int got = recv(talk, &byte, 1, 0);
    printf("the parent's socket: %d %d\n", got, got < 0 ? WSAGetLastError() : 0);
    printf("waited %lu", WaitForSingleObject(process, INFINITE));
    GetExitCodeProcess(process, &code);
    printf(" %lu\n", code);
    Sleep(1000);
    printf("and on, %d\n", OpenProcess(SYNCHRONIZE, FALSE, parent) == NULL);
    closesocket(talk);
    start("last");
    return 7;
}

static DWORD WINAPI end(LPVOID code)
{
    Sleep(100);
    exit((int)(ULONG_PTR)code);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(4000)};
    WSADATA data;

    WSAStartup(MAKEWORD(2, 2), &data);
    if (argc == 3 && strcmp(argv[1], "watch") == 0)
        return watch(strtoul(argv[2], NULL, 10));
    if (argc == 3) {
        printf("the last one\n");
        Sleep(argv[1][0] == 'l' ? 10 : INFINITE);
        return 8;
    }
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&address, sizeof address);
    listen(listener, 5);
    start("watch");
    if (argc == 2)
        start("for_ever");
    accept(listener, NULL, NULL);
    if (argc != 2)
        return 5;
    CreateThread(NULL, 0, end, (LPVOID)(ULONG_PTR)6, 0, NULL);
    accept(listener, NULL, NULL);
    printf("this is not reached\n");
    return 4;
}
