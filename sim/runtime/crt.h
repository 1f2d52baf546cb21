/* The C runtime's part of a program, under the names its headers (sim/include/crt) bind it to. The
 * simulator's own files are compiled with the host's wide characters, so text is uint16_t here.
 */
#ifndef SIM_RUNTIME_CRT_H
#define SIM_RUNTIME_CRT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

typedef uint16_t wide;

int berth_printf(const char *format, ...);
int berth_fprintf(FILE *stream, const char *format, ...);
int berth_sprintf(char *buffer, const char *format, ...);
int berth_snprintf(char *buffer, size_t size, const char *format, ...);
int berth_vprintf(const char *format, va_list arguments);
int berth_vfprintf(FILE *stream, const char *format, va_list arguments);
int berth_vsprintf(char *buffer, const char *format, va_list arguments);
int berth_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments);

/* Like vsnprintf, but a text that does not fit is cut, not always ended, and answered by -1. */
int berth__snprintf(char *buffer, size_t size, const char *format, ...);
int berth__vsnprintf(char *buffer, size_t size, const char *format, va_list arguments);
int berth__scprintf(const char *format, ...);
int berth__vscprintf(const char *format, va_list arguments);

/* What does not fit leaves an empty text; -1. (On Windows the invalid parameter handler first.) */
int berth_sprintf_s(char *buffer, size_t size, const char *format, ...);
int berth_vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments);
int berth__snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...);

int berth_sscanf(const char *text, const char *format, ...);
int berth_fscanf(FILE *stream, const char *format, ...);
int berth_scanf(const char *format, ...);
int berth_vsscanf(const char *text, const char *format, va_list arguments);
int berth_vfscanf(FILE *stream, const char *format, va_list arguments);
int berth_vscanf(const char *format, va_list arguments);

/* Behind each pointer to text stands how much room is there. */
int berth_sscanf_s(const char *text, const char *format, ...);
int berth_fscanf_s(FILE *stream, const char *format, ...);
int berth_scanf_s(const char *format, ...);
int berth_vsscanf_s(const char *text, const char *format, va_list arguments);
int berth_vfscanf_s(FILE *stream, const char *format, va_list arguments);
int berth_vscanf_s(const char *format, va_list arguments);

/* For programs whose long has 64 bits. */
int berth_sscanf_64(const char *text, const char *format, ...);
int berth_fscanf_64(FILE *stream, const char *format, ...);
int berth_scanf_64(const char *format, ...);
int berth_vsscanf_64(const char *text, const char *format, va_list arguments);
int berth_vfscanf_64(FILE *stream, const char *format, va_list arguments);
int berth_vscanf_64(const char *format, va_list arguments);
int berth_sscanf_s_64(const char *text, const char *format, ...);
int berth_fscanf_s_64(FILE *stream, const char *format, ...);
int berth_scanf_s_64(const char *format, ...);
int berth_vsscanf_s_64(const char *text, const char *format, va_list arguments);
int berth_vfscanf_s_64(FILE *stream, const char *format, va_list arguments);
int berth_vscanf_s_64(const char *format, va_list arguments);

int berth_swscanf(const wide *text, const wide *format, ...);
int berth_swscanf_s(const wide *text, const wide *format, ...);
int berth_vswscanf(const wide *text, const wide *format, va_list arguments);

int berth_wprintf(const wide *format, ...);
int berth_fwprintf(FILE *stream, const wide *format, ...);
int berth_vwprintf(const wide *format, va_list arguments);
int berth_vfwprintf(FILE *stream, const wide *format, va_list arguments);

/* What does not fit is cut and answered by -1. */
int berth_swprintf(wide *buffer, size_t size, const wide *format, ...);
int berth_vswprintf(wide *buffer, size_t size, const wide *format, va_list arguments);
int berth__snwprintf(wide *buffer, size_t size, const wide *format, ...);
int berth__vsnwprintf(wide *buffer, size_t size, const wide *format, va_list arguments);
int berth__scwprintf(const wide *format, ...);
int berth_swprintf_s(wide *buffer, size_t size, const wide *format, ...);
int berth_vswprintf_s(wide *buffer, size_t size, const wide *format, va_list arguments);
int berth__snwprintf_s(wide *buffer, size_t size, size_t count, const wide *format, ...);

/* Wide text to a stream comes out as UTF-8. */
int berth_fputws(const wide *text, FILE *stream);
int berth__putws(const wide *text);
unsigned berth_fputwc(wide character, FILE *stream);
unsigned berth_putwchar(wide character);

size_t berth_wcslen(const wide *text);
size_t berth_wcsnlen(const wide *text, size_t max);
wide *berth_wcscpy(wide *to, const wide *from);
wide *berth_wcsncpy(wide *to, const wide *from, size_t count);
wide *berth_wcscat(wide *to, const wide *from);
wide *berth_wcsncat(wide *to, const wide *from, size_t count);
int berth_wcscmp(const wide *a, const wide *b);
int berth_wcsncmp(const wide *a, const wide *b, size_t count);
int berth__wcsicmp(const wide *a, const wide *b);
int berth__wcsnicmp(const wide *a, const wide *b, size_t count);
wide *berth_wcschr(const wide *text, wide character);
wide *berth_wcsrchr(const wide *text, wide character);
wide *berth_wcsstr(const wide *text, const wide *part);
wide *berth_wcspbrk(const wide *text, const wide *any);
size_t berth_wcsspn(const wide *text, const wide *any);
size_t berth_wcscspn(const wide *text, const wide *any);
wide *berth_wcstok(wide *text, const wide *any, wide **next);
wide *berth__wcsdup(const wide *text);
size_t berth_wcsxfrm(wide *to, const wide *from, size_t count);
wide *berth_wmemchr(const wide *text, wide character, size_t count);
int berth_wmemcmp(const wide *a, const wide *b, size_t count);
wide *berth_wmemcpy(wide *to, const wide *from, size_t count);
wide *berth_wmemmove(wide *to, const wide *from, size_t count);
wide *berth_wmemset(wide *to, wide character, size_t count);

/* The checked copies: 0, or EINVAL or ERANGE with `to` an empty text. */
int berth_wcscpy_s(wide *to, size_t size, const wide *from);
int berth_wcscat_s(wide *to, size_t size, const wide *from);
int berth_wcsncpy_s(wide *to, size_t size, const wide *from, size_t count);
int berth_strcpy_s(char *to, size_t size, const char *from);
int berth_strcat_s(char *to, size_t size, const char *from);
int berth_strncpy_s(char *to, size_t size, const char *from, size_t count);

int berth__wtoi(const wide *text);
long long berth__wtoi64(const wide *text);
double berth__wtof(const wide *text);
double berth_wcstod(const wide *text, wide **end);
long berth_wcstol(const wide *text, wide **end, int base);
unsigned long berth_wcstoul(const wide *text, wide **end, int base);
long long berth_wcstoll(const wide *text, wide **end, int base);
unsigned long long berth_wcstoull(const wide *text, wide **end, int base);
char *berth__itoa(int value, char *text, int base);
wide *berth__itow(int value, wide *text, int base);
size_t berth_mbstowcs(wide *to, const char *from, size_t count);
size_t berth_wcstombs(char *to, const wide *from, size_t count);

/* <signal.h>: (void (*)(int))-1 when there is no such signal, as on Windows; raise -1. */
void (*berth_signal(int number, void (*function)(int)))(int);
int berth_raise(int number);
_Noreturn void berth_crt_abort(void);

/* The machine's time zone is UTC. */
struct tm *berth_localtime(const time_t *seconds);
time_t berth_mktime(struct tm *date);
char *berth_ctime(const time_t *seconds);

/* <process.h> */
uintptr_t berth__beginthreadex(void *security, unsigned stack_size, unsigned (*routine)(void *),
                               void *parameter, unsigned flags, unsigned *id);
uintptr_t berth__beginthread(void (*routine)(void *), unsigned stack_size, void *parameter);
_Noreturn void berth__endthreadex(unsigned exit_code);
_Noreturn void berth__endthread(void);

/* The running process' environment variables. */
char *berth_getenv(const char *name);

/* The simulated machine's clock: seconds since 1970, milliseconds since it was switched on. */
time_t berth_time(time_t *result);
clock_t berth_clock(void);

#endif
