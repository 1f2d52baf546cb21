/* While the host's <wchar.h> and <stdlib.h> are read, its wide functions have names of no use: they
 * take characters of 32 bits, and a Windows program's have 16. No guard: included twice, the second
 * time with BERTH_CRT_SHOW, to give the names back.
 */
#if !defined(BERTH_CRT_SHOW)
#define wcscpy berth_host_wcscpy
#define wcsncpy berth_host_wcsncpy
#define wcscat berth_host_wcscat
#define wcsncat berth_host_wcsncat
#define wcscmp berth_host_wcscmp
#define wcsncmp berth_host_wcsncmp
#define wcscasecmp berth_host_wcscasecmp
#define wcsncasecmp berth_host_wcsncasecmp
#define wcscoll berth_host_wcscoll
#define wcsxfrm berth_host_wcsxfrm
#define wcsdup berth_host_wcsdup
#define wcschr berth_host_wcschr
#define wcsrchr berth_host_wcsrchr
#define wcscspn berth_host_wcscspn
#define wcsspn berth_host_wcsspn
#define wcspbrk berth_host_wcspbrk
#define wcsstr berth_host_wcsstr
#define wcstok berth_host_wcstok
#define wcslen berth_host_wcslen
#define wcsnlen berth_host_wcsnlen
#define wmemchr berth_host_wmemchr
#define wmemcmp berth_host_wmemcmp
#define wmemcpy berth_host_wmemcpy
#define wmemmove berth_host_wmemmove
#define wmemset berth_host_wmemset
#define wmempcpy berth_host_wmempcpy
#define wcpcpy berth_host_wcpcpy
#define wcpncpy berth_host_wcpncpy
#define wcschrnul berth_host_wcschrnul
#define wcswcs berth_host_wcswcs
#define mbrtowc berth_host_mbrtowc
#define wcrtomb berth_host_wcrtomb
#define mbrlen berth_host_mbrlen
#define mbsrtowcs berth_host_mbsrtowcs
#define wcsrtombs berth_host_wcsrtombs
#define mbsnrtowcs berth_host_mbsnrtowcs
#define wcsnrtombs berth_host_wcsnrtombs
#define wcswidth berth_host_wcswidth
#define wcstod berth_host_wcstod
#define wcstof berth_host_wcstof
#define wcstold berth_host_wcstold
#define wcstol berth_host_wcstol
#define wcstoul berth_host_wcstoul
#define wcstoll berth_host_wcstoll
#define wcstoull berth_host_wcstoull
#define wcstoq berth_host_wcstoq
#define wcstouq berth_host_wcstouq
#define fwprintf berth_host_fwprintf
#define wprintf berth_host_wprintf
#define swprintf berth_host_swprintf
#define vfwprintf berth_host_vfwprintf
#define vwprintf berth_host_vwprintf
#define vswprintf berth_host_vswprintf
#define fwscanf berth_host_fwscanf
#define wscanf berth_host_wscanf
#define swscanf berth_host_swscanf
#define vfwscanf berth_host_vfwscanf
#define vwscanf berth_host_vwscanf
#define vswscanf berth_host_vswscanf
#define fgetwc berth_host_fgetwc
#define getwc berth_host_getwc
#define getwchar berth_host_getwchar
#define fputwc berth_host_fputwc
#define putwc berth_host_putwc
#define putwchar berth_host_putwchar
#define fgetws berth_host_fgetws
#define fputws berth_host_fputws
#define ungetwc berth_host_ungetwc
#define wcsftime berth_host_wcsftime
#define fputws_unlocked berth_host_fputws_unlocked
#define fgetws_unlocked berth_host_fgetws_unlocked
#define open_wmemstream berth_host_open_wmemstream
#else
#undef wcscpy
#undef wcsncpy
#undef wcscat
#undef wcsncat
#undef wcscmp
#undef wcsncmp
#undef wcscasecmp
#undef wcsncasecmp
#undef wcscoll
#undef wcsxfrm
#undef wcsdup
#undef wcschr
#undef wcsrchr
#undef wcscspn
#undef wcsspn
#undef wcspbrk
#undef wcsstr
#undef wcstok
#undef wcslen
#undef wcsnlen
#undef wmemchr
#undef wmemcmp
#undef wmemcpy
#undef wmemmove
#undef wmemset
#undef wmempcpy
#undef wcpcpy
#undef wcpncpy
#undef wcschrnul
#undef wcswcs
#undef mbrtowc
#undef wcrtomb
#undef mbrlen
#undef mbsrtowcs
#undef wcsrtombs
#undef mbsnrtowcs
#undef wcsnrtombs
#undef wcswidth
#undef wcstod
#undef wcstof
#undef wcstold
#undef wcstol
#undef wcstoul
#undef wcstoll
#undef wcstoull
#undef wcstoq
#undef wcstouq
#undef fwprintf
#undef wprintf
#undef swprintf
#undef vfwprintf
#undef vwprintf
#undef vswprintf
#undef fwscanf
#undef wscanf
#undef swscanf
#undef vfwscanf
#undef vwscanf
#undef vswscanf
#undef fgetwc
#undef getwc
#undef getwchar
#undef fputwc
#undef putwc
#undef putwchar
#undef fgetws
#undef fputws
#undef ungetwc
#undef wcsftime
#undef fputws_unlocked
#undef fgetws_unlocked
#undef open_wmemstream
#endif
