#include "../nt/nt.h"
