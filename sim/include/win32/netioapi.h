/* Interfaces by name and number: in the SDK a part of iphlpapi.h. */
#include "iphlpapi.h"
