/* user32 as a network program with a hidden window uses it. */
#include <stdio.h>
#include <windows.h>
#include <windowsx.h>

static HWND window;

static LRESULT CALLBACK procedure(HWND handle, UINT message, WPARAM wparam, LPARAM lparam)
{
    const CREATESTRUCT *create = (const CREATESTRUCT *)lparam;

    if (message == WM_CREATE)
        printf("created: %s, %s, %s\n", create->lpszName, create->lpszClass,
               (const char *)create->lpCreateParams);
    if (message == WM_USER)
        Sleep((DWORD)wparam);
    return message == WM_USER ? lparam : DefWindowProc(handle, message, wparam, lparam);
}

static DWORD WINAPI ask(LPVOID unused)
{
    DWORD_PTR result = 0;

    (void)unused;
    printf("%d", (int)SendMessageTimeout(window, WM_USER, 10, 5, SMTO_NORMAL, 100, &result));
    printf(" %d\n", (int)result);
    printf("%d", (int)SendMessageTimeout(window, WM_USER, 200, 5, SMTO_ABORTIFHUNG, 100, &result));
    printf(" %d\n", GetLastError() == ERROR_TIMEOUT);
    PostMessage(window, WM_CLOSE, 0, 0);
    PostThreadMessage(GetWindowThreadProcessId(window, NULL), WM_QUIT, 3, 0);
    return 0;
}

int main(void)
{
    WNDCLASSEX class = {.cbSize = sizeof class,
                        .lpfnWndProc = procedure,
                        .hInstance = GetModuleHandle(NULL),
                        .hCursor = LoadCursor(NULL, IDC_ARROW),
                        .hIcon = LoadIcon(NULL, IDI_APPLICATION),
                        .lpszClassName = "Hidden"};
    char text[40];
    WCHAR wide[40];
    MSG message;

    printf("%d %d\n", RegisterClassEx(&class) != 0, class.hCursor != NULL);
    window = CreateWindow("Hidden", "A title", WS_OVERLAPPEDWINDOW, CW_USEDEFAULT, 0, 10, 10, NULL,
                          NULL, class.hInstance, (LPVOID) "parameter");
    HWND hidden = CreateWindowExW(0, L"Hidden", L"Wide \x20AC", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL,
                                  NULL, NULL);
    printf("%d", ShowWindow(window, SW_SHOW));
    printf(" %d", IsWindowVisible(window));
    printf(" %d", ShowWindow(window, SW_HIDE));
    printf(" %d %d\n", IsWindowVisible(window), UpdateWindow(window));
    printf("%d %d %d\n", FindWindow("hidden", NULL) == window,
           FindWindow(NULL, "a title") == window, FindWindow("Hidden", "Other") == NULL);
    printf("%d %d\n", FindWindow(NULL, "Wide \xE2\x82\xAC") == NULL,
           FindWindowEx(HWND_MESSAGE, NULL, "Hidden", NULL) == hidden);
    printf("%d", GetClassName(window, text, sizeof text));
    printf(" %s", text);
    printf(" %d", GetWindowTextW(hidden, wide, 6));
    printf(" %ls %d\n", wide, GetWindowTextLengthW(hidden));
    printf("%d", wsprintf(text, "%s %lu %04X", "text", 5ul, 0xABu));
    printf(" %s %d\n", text, MessageBox(NULL, "Really?", "Question", MB_YESNO) == IDYES);
    printf("%d\n", wsprintfW(wide, L"%s %S", L"wide", "narrow"));
    printf("%ls %d\n", wide, MessageBoxW(NULL, wide, L"Note", MB_OK) == IDOK);
    CreateThread(NULL, 0, ask, NULL, 0, NULL);
    while (GetMessage(&message, NULL, 0, 0) > 0) {
        TranslateMessage(&message);
        DispatchMessage(&message);
    }
    printf("%d %d %d\n", (int)message.wParam, IsWindow(window), IsWindow(hidden));
    return 0;
}
