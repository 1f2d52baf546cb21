#include "sim/nt/status.h"
