/* From here on DEFINE_GUID defines, where before it declared. */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
