/* Random bytes, as programs ask for them: drawn from the run's seed. No other cryptography. */
#ifndef BERTH_WIN32_WINCRYPT_H
#define BERTH_WIN32_WINCRYPT_H

#include "windows.h"

typedef ULONG_PTR HCRYPTPROV, HCRYPTKEY, HCRYPTHASH;
#define PROV_RSA_FULL 1
#define PROV_RSA_AES 24
#define CRYPT_VERIFYCONTEXT 0xF0000000
#define CRYPT_NEWKEYSET 0x00000008
#define CRYPT_SILENT 0x00000040
#define CRYPT_MACHINE_KEYSET 0x00000020

BERTH_FUNCTION(BOOL, CryptAcquireContextA,
               (HCRYPTPROV * phProv, LPCSTR szContainer, LPCSTR szProvider, DWORD dwProvType,
                DWORD dwFlags));
BERTH_FUNCTION(BOOL, CryptAcquireContextW,
               (HCRYPTPROV * phProv, LPCWSTR szContainer, LPCWSTR szProvider, DWORD dwProvType,
                DWORD dwFlags));
BERTH_FUNCTION(BOOL, CryptGenRandom, (HCRYPTPROV hProv, DWORD dwLen, BYTE *pbBuffer));
BERTH_FUNCTION(BOOL, CryptReleaseContext, (HCRYPTPROV hProv, DWORD dwFlags));
#if defined(UNICODE)
#define CryptAcquireContext CryptAcquireContextW
#else
#define CryptAcquireContext CryptAcquireContextA
#endif

#endif
