// An int and a long are two types, and a program may have a function for each: such a one is compiled
// with the host's long, for with a narrow one it has the function twice.
#include <windows.h>

#include <cstdio>

static const char *kind(int)
{
    return "int";
}

static const char *kind(long)
{
    return "long";
}

int main()
{
    std::printf("%s %s\n", kind(1), kind(1L));
    return 0;
}
