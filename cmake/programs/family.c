/* A parent that starts three children of itself: what each has for its own, and what is shared. */
#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>

static int counter = 5;          /* .data */
static int nobody_yet;           /* .bss */
static char large[100000];
static int *where = &counter;    /* an address in the image */
__declspec(thread) static int per_thread = 7;

static void say_goodbye(void)
{
    printf("process %s says goodbye, counter %d\n", large, counter);
}

static DWORD WINAPI look_at_mine(LPVOID unused)
{
    (void)unused;
    return (DWORD)per_thread++;
}

static int child(int argc, char **argv)
{
    SOCKET listener = (SOCKET)strtoull(argv[2], NULL, 10);
    HANDLE event = (HANDLE)(uintptr_t)strtoull(argv[3], NULL, 10);
    struct sockaddr_in name;
    int size = sizeof name;
    WSADATA data;

    WSAStartup(MAKEWORD(2, 2), &data);
    atexit(say_goodbye);
    strcpy(large, argv[1]);
    int before = counter;
    counter += atoi(argv[1]);
    nobody_yet++;
    Sleep(10); /* the others have their turn meanwhile, and their variables */
    int known = getsockname(listener, (struct sockaddr *)&name, &size);
    HANDLE thread = CreateThread(NULL, 0, look_at_mine, NULL, 0, NULL);
    DWORD seen = 0;
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &seen);
    printf("child %s of %d: counter %d then %d, nobody_yet %d, where %d, socket %d port %d, thread "
           "%d %d, waits %d, '%s'\n",
           argv[1], argc, before, counter, nobody_yet, *where, known, (int)ntohs(name.sin_port),
           (int)seen, per_thread, (int)WaitForSingleObject(event, INFINITE), argv[4]);
    if (atoi(argv[1]) == 2)
        ExitProcess(22); /* without goodbye */
    if (atoi(argv[1]) == 3)
        exit(33);
    return 11;
}

static HANDLE start(int number, SOCKET listener, HANDLE event)
{
    char path[MAX_PATH], line[512];
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;

    GetModuleFileNameA(NULL, path, sizeof path);
    sprintf(line, "\"%s\" %d %llu %llu \"with \\\"quotes\\\" and a\\\\\"", path, number,
            (unsigned long long)listener, (unsigned long long)(uintptr_t)event);
    if (!CreateProcessA(number == 1 ? path : NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup,
                        &child)) {
        printf("CreateProcess: %lu\n", GetLastError());
        exit(1);
    }
    CloseHandle(child.hThread);
    return child.hProcess;
}

static void refusals(void)
{
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    WCHAR line[] = L"nobody.exe one";

    printf("%d", CreateProcessW(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child));
    printf(" %lu\n", GetLastError());
}

int main(int argc, char **argv)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(4000)};
    HANDLE children[3];
    WSADATA data;

    if (argc > 1)
        return child(argc, argv);
    atexit(say_goodbye);
    strcpy(large, "zero");
    counter = 100;
    nobody_yet = 50;
    per_thread = 70;
    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&name, sizeof name);
    listen(listener, 5);
    SetHandleInformation((HANDLE)listener, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    HANDLE event = CreateEventA(&inherit, TRUE, FALSE, NULL);
    refusals();
    for (int i = 0; i < 3; i++)
        children[i] = start(i + 1, listener, event);
    Sleep(100);
    DWORD code = 0;
    GetExitCodeProcess(children[0], &code);
    printf("while they wait: %lu\n", code);
    SetEvent(event);
    printf("wait %lu\n", WaitForMultipleObjects(3, children, TRUE, INFINITE));
    for (int i = 0; i < 3; i++) {
        GetExitCodeProcess(children[i], &code);
        printf("exit code %lu\n", code);
        CloseHandle(children[i]);
    }
    printf("%d %d %d %s\n", counter, nobody_yet, per_thread, large);
    return 4;
}
