#include "conformance/testbed/testbed.h"
