// A C++ program that starts itself: constructors run again in the child, destructors where they ran.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>
#include <windows.h>

struct Speaker {
    std::string name;
    explicit Speaker(const char *text) : name(text)
    {
        std::printf("%s begins, process %d\n", name.c_str(), counter++);
    }
    ~Speaker()
    {
        std::printf("%s ends\n", name.c_str());
    }
    static int counter;
};

int Speaker::counter = 1;
static Speaker first("first, with a name that needs the heap");
static Speaker early __attribute__((init_priority(500)))("early");
static std::vector<int> numbers{1, 2, 3};
inline std::string shared_text = "inline";
thread_local std::string local_text = "local";

static Speaker &local()
{
    static Speaker speaker("local static");
    return speaker;
}

static DWORD WINAPI in_thread(LPVOID)
{
    local_text += " of the thread";
    std::cout << local_text << std::endl;
    return 0;
}

int wmain(int argc, wchar_t *argv[])
{
    numbers.push_back(argc);
    shared_text += argc > 1 ? " of the child" : " of the parent";
    local();
    if (argc > 1) {
        std::wprintf(L"%s %d numbers, %S\n", argv[1], (int)numbers.size(), shared_text.c_str());
        HANDLE thread = CreateThread(nullptr, 0, in_thread, nullptr, 0, nullptr);
        WaitForSingleObject(thread, INFINITE);
        std::exit(7);
    }
    wchar_t line[] = L"statics-child one";
    WCHAR path[MAX_PATH];
    STARTUPINFOW startup = {};
    PROCESS_INFORMATION child = {};
    startup.cb = sizeof startup;
    GetModuleFileNameW(nullptr, path, MAX_PATH);
    if (!CreateProcessW(path, line, nullptr, nullptr, FALSE, CREATE_SUSPENDED, nullptr, nullptr,
                        &startup, &child))
        return (int)GetLastError();
    std::cout << "suspended: " << WaitForSingleObject(child.hProcess, 100);
    std::cout << " " << ResumeThread(child.hThread) << std::endl;
    WaitForSingleObject(child.hProcess, INFINITE);
    DWORD code = 0;
    GetExitCodeProcess(child.hProcess, &code);
    std::cout << code << " " << numbers.size() << " " << shared_text << std::endl;
    return 0;
}
