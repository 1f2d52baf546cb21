#include "own_names.c"
