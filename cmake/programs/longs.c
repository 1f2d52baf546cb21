/* A long has 32 bits, whoever says it and however. */
#include <windows.h>
#include <winsock2.h>

#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct header {
    long first;
    unsigned long int second;
    const long unsigned third;
    long long wide;
};

static volatile long counter;

static unsigned long sum(const long *values, unsigned long count)
{
    unsigned long total = 0UL;
    for (unsigned long i = 0; i < count; i++)
        total += values[i];
    return total;
}

static int text_matters(void)
{
    const char *text = "long 1L";
    return text[0] == 'l' && text[6] == 'L' && L'l' == 'l';
}

int main(void)
{
    long read = 7, values[] = {1L, -2L, 0x7fffffffL};
    unsigned long bits = 0, bytes = 4711;
    int64_t big = 0;
    char word[4];
    printf("%d %d %d %d\n", (int)sizeof(long), (int)sizeof(struct header), (int)sizeof(1L),
           (int)sizeof(0xFFFFFFFFUL));
    printf("%d %d %d\n", (int)sizeof(long long), (int)sizeof(1LL), (int)sizeof(INT64_C(1)));
    printf("%ld %ld %lu\n", LONG_MIN, LONG_MAX, ULONG_MAX);
    printf("%lx %d\n", ~0UL, (int)(sum(values, 3) == 0x7ffffffeUL));
    printf("%lld %d\n", INT64_C(1) << 40, text_matters());
    InterlockedDecrement(&counter);
    printf("%ld %d\n", counter, counter < 0);
    SOCKET none = 1;
    ioctlsocket(none, FIONREAD, &bytes);
    printf("%lu\n", bytes);
    printf("%d ", sscanf("-5 ff", "%ld %lx", &read, &bits));
    printf("%ld %lx ", read, bits);
    printf("%d ", sscanf("81985529216486895", "%" SCNd64, &big));
    printf("%" PRIx64 " ", big);
    printf("%d ", sscanf("12345678901 x", "%I64d %*c", &big));
    printf("%" PRId64 " ", big);
    printf("%d ", sscanf_s("abc", "%s", word, (unsigned)sizeof word));
    printf("%s\n", word);
    return (int)strtol("3", NULL, 10) - 3;
}
