/* What printf and its kin print on Windows. The headers come in an order of nobody's liking. */
#include <winsock2.h>
#include <stdio.h>
#include <tchar.h>
#include <strsafe.h>
#include <wchar.h>
#include <inttypes.h>

static void narrow(void)
{
    char text[8];
    unsigned long value = 4000000000u;

    printf("%s|%S|%hs|%ls|%ws\n", "own", L"other", "narrow", L"wide", L"w");
    printf("%I64d %I64u %I64x %I32d %Iu\n", -5000000000LL, 18000000000ULL, 0xabcdef0123LL, -7,
           sizeof(void *));
    printf("%lu %ld %lld %zu %hd %hhu\n", value, -1L, -2LL, sizeof(WCHAR), 70000, 257);
    printf("%" PRIu64 " %" PRId32 " %" PRIxPTR "\n", (uint64_t)1 << 40, -5, (uintptr_t)0xabc);
    printf("[%5d] [%-5d] [%05d] [%+d] [% d] [%.3d] [%*d]\n", 42, 42, 42, 42, 42, 42, 4, 42);
    printf("%x %X %#x %#o %o %08lX\n", 255, 255, 255, 8, 8, 48879ul);
    printf("%p %p\n", (void *)0x12345678, NULL);
    printf("%c%C%c%%|%5s|%-5s|%.2s|%s\n", 'a', L'b', 'c', "r", "l", "cut", (char *)NULL);
    printf("%f %.2f %e %g %5.1f|%G\n", 1.5, 2.345, 12345.678, 0.0001, 9.96, 1e20);
    printf("%d %d\n", snprintf(text, sizeof text, "%s", "too long for it"),
           _snprintf(text, sizeof text, "%s", "too long for it"));
    snprintf(text, sizeof text, "%d%s", 1234567, "89");
    printf("%s\n", text);
    fprintf(stdout, "%ws\n", L"through fprintf");
}

static void broad(void)
{
    wchar_t text[16];

    wprintf(L"%s|%S|%hs|%ls|%ws\n", L"own", "other", "narrow", L"wide", L"w");
    wprintf(L"%d %u %I64d %lu %p\n", -1, 1u, 5000000000LL, 7ul, (void *)0xabc);
    wprintf(L"[%6s] [%-6s] [%.2s] %c %C\n", L"r", L"l", L"cut", L'w', 'n');
    wprintf(L"gr\u00fc\u00dfe, \u20ac 5 \U0001F600\n");
    printf("%d ", swprintf(text, 16, L"%ws-%d", L"abc", 12));
    printf("%S ", text);
    printf("%d ", swprintf(text, 4, L"%d", 123456));
    printf("%S\n", text);
    fwprintf(stdout, L"%s %d %d\n", wcschr(L"a=b", L'='), _wtoi(L"  42x"), _wtoi(L"-7"));
    _tprintf(_T("%d %d %d\n"), (int)wcslen(L"12345"), wcscmp(L"a", L"b"), _wcsicmp(L"Ab", L"aB"));
    StringCchPrintfW(text, 6, L"%s", L"cut to fit");
    wprintf(L"%s\n", text);
    fputws(L"fputws\n", stdout);
}

int wmain(int argc, wchar_t **argv)
{
    narrow();
    broad();
    for (int i = 1; i < argc; i++)
        wprintf(L"%d: %s, %d characters\n", i, argv[i], (int)wcslen(argv[i]));
    return argc;
}
