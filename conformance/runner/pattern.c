#include "conformance/runner/pattern.h"

#include <string.h>

bool pattern_equals(const char *pattern, const char *name)
{
    return strcmp(pattern, name) == 0;
}

/* The way that needs no recursion: on a mismatch the last star takes one letter more. */
static bool matches_whole(const char *pattern, const char *name)
{
    const char *star = NULL;
    const char *retry = NULL;
    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            retry = name;
        } else if (*pattern == *name || *pattern == '?') {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

bool pattern_matches(const char *pattern, const char *name)
{
    if (strpbrk(pattern, "*?") != NULL)
        return matches_whole(pattern, name);
    return strstr(name, pattern) != NULL;
}
