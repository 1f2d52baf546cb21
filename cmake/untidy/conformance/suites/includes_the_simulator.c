#include "sim/nt/nt.h"
