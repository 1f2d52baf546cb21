/* Random bytes by the newer call: see wincrypt.h. */
#ifndef BERTH_WIN32_BCRYPT_H
#define BERTH_WIN32_BCRYPT_H

#include "windows.h"

typedef PVOID BCRYPT_HANDLE, BCRYPT_ALG_HANDLE, BCRYPT_KEY_HANDLE, BCRYPT_HASH_HANDLE;
#define BCRYPT_USE_SYSTEM_PREFERRED_RNG 0x00000002
#define BCRYPT_RNG_USE_ENTROPY_IN_BUFFER 0x00000001
#define BCRYPT_RNG_ALG_HANDLE ((BCRYPT_ALG_HANDLE)0x81)
#define BCRYPT_SUCCESS(status) ((NTSTATUS)(status) >= 0)

BERTH_FUNCTION(NTSTATUS, BCryptGenRandom,
               (BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbBuffer, ULONG cbBuffer, ULONG dwFlags));

#endif
