/* <tchar.h>: names that are wide where UNICODE is defined. */
#ifndef BERTH_CRT_TCHAR_H
#define BERTH_CRT_TCHAR_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>
#include <locale.h>
#include <wchar.h>
#include <wctype.h>

#if defined(UNICODE) || defined(_UNICODE)
typedef wchar_t TCHAR, _TCHAR;
#define __T(text) L##text
#define _tmain wmain
#define _tprintf wprintf
#define _ftprintf fwprintf
#define _stprintf swprintf
#define _stprintf_s swprintf_s
#define _sntprintf _snwprintf
#define _vtprintf vwprintf
#define _vftprintf vfwprintf
#define _tcslen wcslen
#define _tcscpy wcscpy
#define _tcscpy_s wcscpy_s
#define _tcscat wcscat
#define _tcscmp wcscmp
#define _tcsicmp _wcsicmp
#define _tcsncmp wcsncmp
#define _tcschr wcschr
#define _tcsstr wcsstr
#define _tstoi _wtoi
#define _ttoi _wtoi
#define _ttol _wtol
#define _tcstol wcstol
#define _tcstoul wcstoul
#define _tcscat_s wcscat_s
#define _tcsncpy wcsncpy
#define _tcsncpy_s wcsncpy_s
#define _tcsncat wcsncat
#define _tcsnlen wcsnlen
#define _tcsnicmp _wcsnicmp
#define _tcsrchr wcsrchr
#define _tcspbrk wcspbrk
#define _tcsspn wcsspn
#define _tcscspn wcscspn
#define _tcstok wcstok
#define _tcstok_s wcstok_s
#define _tcsdup _wcsdup
#define _tcsupr _wcsupr
#define _tcslwr _wcslwr
#define _tcstod wcstod
#define _tcstoi64 _wcstoi64
#define _tcstoui64 _wcstoui64
#define _tstof _wtof
#define _ttoi64 _wtoi64
#define _sctprintf _scwprintf
#define _vstprintf_s vswprintf_s
#define _vsntprintf _vsnwprintf
#define _sntprintf_s _snwprintf_s
#define _tprintf_s wprintf_s
#define _puttc fputwc
#define _puttchar putwchar
#define _tWinMain wWinMain
#define _istalpha iswalpha
#define _istdigit iswdigit
#define _istalnum iswalnum
#define _istspace iswspace
#define _istxdigit iswxdigit
#define _istupper iswupper
#define _istlower iswlower
#define _istprint iswprint
#define _istpunct iswpunct
#define _totupper towupper
#define _totlower towlower
#define _putts _putws
#define _fputts fputws
#else
typedef char TCHAR, _TCHAR;
#define __T(text) text
#define _tmain main
#define _tprintf printf
#define _ftprintf fprintf
#define _stprintf sprintf
#define _stprintf_s sprintf_s
#define _sntprintf _snprintf
#define _vtprintf vprintf
#define _vftprintf vfprintf
#define _tcslen strlen
#define _tcscpy strcpy
#define _tcscpy_s strcpy_s
#define _tcscat strcat
#define _tcscmp strcmp
#define _tcsicmp _stricmp
#define _tcsncmp strncmp
#define _tcschr strchr
#define _tcsstr strstr
#define _tstoi atoi
#define _ttoi atoi
#define _ttol atol
#define _tcstol strtol
#define _tcstoul strtoul
#define _tcscat_s strcat_s
#define _tcsncpy strncpy
#define _tcsncpy_s strncpy_s
#define _tcsncat strncat
#define _tcsnlen strnlen
#define _tcsnicmp _strnicmp
#define _tcsrchr strrchr
#define _tcspbrk strpbrk
#define _tcsspn strspn
#define _tcscspn strcspn
#define _tcstok strtok
#define _tcstok_s strtok_s
#define _tcsdup _strdup
#define _tcsupr _strupr
#define _tcslwr _strlwr
#define _tcstod strtod
#define _tcstoi64 _strtoi64
#define _tcstoui64 _strtoui64
#define _tstof atof
#define _ttoi64 _atoi64
#define _sctprintf _scprintf
#define _vstprintf_s vsprintf_s
#define _vsntprintf _vsnprintf
#define _sntprintf_s _snprintf_s
#define _tprintf_s printf_s
#define _puttc putc
#define _puttchar putchar
#define _tWinMain WinMain
#define _istalpha isalpha
#define _istdigit isdigit
#define _istalnum isalnum
#define _istspace isspace
#define _istxdigit isxdigit
#define _istupper isupper
#define _istlower islower
#define _istprint isprint
#define _istpunct ispunct
#define _totupper toupper
#define _totlower tolower
#define _tsetlocale setlocale
#define _putts puts
#define _fputts fputs
#endif
#define _T(text) __T(text)
#define _TEXT(text) __T(text)

#endif
