/* A program for windows, in Microsoft's words: WinMain, declarations, texts, numbers, environment.
 */
#include <winsock2.h>

#include <windows.h>

#include <float.h>
#include <intrin.h>
#include <malloc.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tchar.h>
#include <time.h>

#include <strsafe.h>

#pragma warning(disable : 4996)
#pragma comment(lib, "gdi32.lib")

typedef int(__cdecl *called)(unsigned __int8 a, unsigned __int16 b, __int32 c, unsigned __int64 d);

struct entry {
    int number;
    LIST_ENTRY link;
};

__declspec(dllexport) int __cdecl add(unsigned __int8 a, unsigned __int16 b, __int32 c,
                                      unsigned __int64 d)
{
    return (int)(a + b + c + d);
}

__forceinline int twice(int x)
{
    __assume(x >= 0);
    return x * 2;
}

static void log_text(_Printf_format_string_ const char *format, ...)
{
    char text[16];
    va_list arguments;

    va_start(arguments, format);
    int length = _vsnprintf_s(text, sizeof text, _TRUNCATE, format, arguments);
    va_end(arguments);
    printf("%d %s\n", length, text);
}

static HRESULT log_checked(TCHAR *text, size_t size, const TCHAR *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    HRESULT result = StringCchVPrintf(text, size, format, arguments);
    va_end(arguments);
    return result;
}

static void tell_words(void)
{
    called function = add;
    struct entry entry = {.number = 7};
    PLIST_ENTRY link = &entry.link;
    C_ASSERT(sizeof(DWORD) == 4);

    printf("%d %d\n", function(1, 2, 3, 4), twice(21));
    printf("%d %d\n", CONTAINING_RECORD(link, struct entry, link)->number,
           (int)FIELD_OFFSET(OVERLAPPED, hEvent));
    HRESULT denied = HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED);
    printf("%08x %d %d\n", (unsigned)denied, FAILED(denied), (int)HRESULT_CODE(denied));
    unsigned long place = 0;
    unsigned char found = _BitScanForward(&place, 8);
    unsigned long nowhere = 0;
    printf("%d %u, none %d\n", found, (unsigned)place, _BitScanReverse(&nowhere, 0));
    printf("%u %08x %08x\n", __popcnt(255), _byteswap_ulong(0x01020304), _rotl(0x80000001, 1));
    LONG bits = 0;
    BYTE before = InterlockedBitTestAndSet(&bits, 3);
    BYTE after = InterlockedBitTestAndSet(&bits, 3);
    printf("%d %d %d\n", before, after, (int)bits);
}

static void tell_texts(void)
{
    char text[16], number[66];
    TCHAR checked[8];

    log_text("%s", "goes in");
    log_text("%s", "is longer than that");
    strncpy_s(text, sizeof text, "0123456789", 4);
    strncat_s(text, sizeof text, "abcdef", _TRUNCATE);
    printf("%s", _strupr(text));
    printf(" %s\n", _strrev(text));
    errno_t error = memcpy_s(text, 2, "abc", 4);
    printf("%d %d\n", error, text[0]);
    HRESULT result = log_checked(checked, ARRAYSIZE(checked), _T("%d%s"), 12, _T("3456789"));
    _tprintf(_T("%08x %s %d\n"), (unsigned)result, checked, (int)_tcslen(checked));
    error = _itoa_s(-4242, number, 5, 10);
    printf("%d %s\n", error, _ui64toa(0xffffffffffffffffULL, number, 16));
    char copied[5];
    lstrcpynA(copied, "truncated", sizeof copied);
    printf("%s %d\n", copied, lstrcmpiA("TRUN", copied));
}

static void tell_surroundings(void)
{
    char *value = NULL;
    size_t size = 0;
    _putenv_s("BERTH_TEST", "is set");
    _dupenv_s(&value, &size, "BERTH_TEST");
    printf("%s of %d\n", value, (int)size);
    free(value);
    _putenv_s("BERTH_TEST", "");
    printf("%d\n", getenv("BERTH_TEST") == NULL);

    time_t day = 86400;
    struct tm date;
    errno_t error = gmtime_s(&date, &day);
    printf("%d %d %d %d\n", error, date.tm_mday, _mkgmtime(&date) == day, _isnan(0.0));
}

int APIENTRY WinMain(HINSTANCE hInstance, HINSTANCE hPrevInstance, LPSTR lpCmdLine, int nCmdShow)
{
    printf("'%s' %d %d %d\n", lpCmdLine, hInstance == GetModuleHandle(NULL), hPrevInstance == NULL,
           nCmdShow);
    int count = 0;
    LPWSTR *arguments = CommandLineToArgvW(L"prog \"a b\" c\\\"d \x20ac", &count);
    printf("%d: %ls, %ls, %d\n", count, arguments[1], arguments[2], arguments[3][0]);
    LocalFree(arguments);
    tell_words();
    tell_texts();
    tell_surroundings();
    return 6;
}
