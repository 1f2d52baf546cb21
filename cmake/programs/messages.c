/* Message queues: the order of messages, sending between threads, timers, sockets that tell a
 * window.
 */
#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#include <stdio.h>

static HWND window;
static DWORD main_thread;

static LRESULT CALLBACK procedure(HWND hwnd, UINT message, WPARAM wparam, LPARAM lparam)
{
    switch (message) {
    case WM_CREATE:
        printf("create\n");
        return 0;
    case WM_DESTROY:
        printf("destroy\n");
        PostQuitMessage(5);
        return 0;
    case WM_TIMER:
        printf("timer %d\n", (int)wparam);
        KillTimer(hwnd, wparam);
        SendMessage(hwnd, WM_APP + 9, 1, 2);
        return 0;
    case WM_APP:
        printf("accept told: %d\n", WSAGETSELECTEVENT(lparam) == FD_ACCEPT);
        return 0;
    case WM_APP + 1:
        printf("sent %d by a thread, answered on the window's: %d\n", (int)wparam,
               GetCurrentThreadId() == main_thread);
        return 42;
    case WM_APP + 2:
        printf("posted %d\n", (int)wparam);
        return 0;
    case WM_APP + 9:
        DestroyWindow(hwnd);
        return 0;
    }
    return DefWindowProc(hwnd, message, wparam, lparam);
}

static DWORD WINAPI other(LPVOID unused)
{
    (void)unused;
    PostMessage(window, WM_APP + 2, 1, 0);
    printf("answer %d\n", (int)SendMessage(window, WM_APP + 1, 7, 0));
    PostMessage(window, WM_APP + 2, 2, 0);
    return 0;
}

int main(void)
{
    WNDCLASSEXA class = {.cbSize = sizeof class, .lpfnWndProc = procedure, .lpszClassName = "Ear"};
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(4100)};
    WSADATA data;
    MSG message;

    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    main_thread = GetCurrentThreadId();
    printf("%d\n", RegisterClassExA(&class) != 0);
    printf("%d", RegisterClassExA(&class));
    printf(" %lu\n", GetLastError());
    window = CreateWindowExA(0, "ear", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    printf("%d\n", IsWindow(window));
    HANDLE thread = CreateThread(NULL, 0, other, NULL, 0, NULL);
    printf("wait %lu\n", MsgWaitForMultipleObjects(1, &thread, FALSE, INFINITE, QS_ALLINPUT));
    while (PeekMessage(&message, NULL, 0, 0, PM_REMOVE))
        DispatchMessage(&message);
    WaitForSingleObject(thread, 100);
    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&name, sizeof name);
    listen(listener, 5);
    printf("%d\n", WSAAsyncSelect(listener, window, WM_APP, FD_ACCEPT));
    SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
    printf("%d\n", connect(client, (struct sockaddr *)&name, sizeof name));
    SetTimer(window, 3, 1000, NULL);
    while (GetMessage(&message, NULL, 0, 0) > 0) {
        TranslateMessage(&message);
        DispatchMessage(&message);
    }
    closesocket(client);
    closesocket(listener);
    printf("quit %d, window %d\n", (int)message.wParam, IsWindow(window));
    return 0;
}
