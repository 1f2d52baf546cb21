/* Of COM, its GUIDs: there are no objects. */
#include "guiddef.h"
