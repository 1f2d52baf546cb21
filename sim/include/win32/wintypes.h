/* Types of the SDK's that calls here neither take nor give, for programs that speak of them. */
#ifndef BERTH_WIN32_WINTYPES_H
#define BERTH_WIN32_WINTYPES_H

#include "winnt.h"

#define FLOAT float
#define PFLOAT FLOAT *
typedef BOOL WINBOOL;
typedef int HFILE;
typedef FARPROC PROC, NEARPROC;
typedef HANDLE GLOBALHANDLE, LOCALHANDLE, HRSRC, HTASK, HSTR, HWINSTA, HDESK, HMONITOR, HKL, HDC;
typedef HANDLE HGDIOBJ, HBITMAP, HFONT, HPEN, HPALETTE, HRGN, HMETAFILE, HENHMETAFILE, HACCEL,
    HHOOK;
#define HFILE_ERROR ((HFILE)-1)
typedef struct HKEY__ *HKEY, **PHKEY;

typedef DWORD COLORREF, *LPCOLORREF;
typedef DWORD LCID, *PLCID, LCTYPE, CALTYPE, CALID, GEOID;
typedef LONGLONG USN, *PLONGLONG;
typedef ULONGLONG DWORDLONG, *PDWORDLONG;
typedef BOOLEAN *PBOOLEAN;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY, KSPIN_LOCK, *PKSPIN_LOCK;
typedef INT_PTR *PINT_PTR;
typedef UINT_PTR *PUINT_PTR;
typedef LONG_PTR *PLONG_PTR;
typedef signed char *PINT8;
typedef short *PINT16;
typedef int *PINT32, LONG32, *PLONG32;
typedef long long *PINT64;
typedef unsigned char *PUINT8;
typedef unsigned short *PUINT16;
typedef unsigned int *PUINT32, *PULONG32, *PDWORD32;
typedef unsigned long long *PUINT64;
typedef CHAR *PCH, *LPCH, *PNZCH;
typedef const CHAR *PCCH, *LPCCH, *PCNZCH;
typedef WCHAR *PWCH, *LPWCH;
typedef const WCHAR *PCWCH, *LPCWCH, *PCWCHAR, *LPCWCHAR;
typedef WCHAR *PZZWSTR;
typedef CHAR *PZZSTR;
typedef const WCHAR *PCZZWSTR;
typedef const CHAR *PCZZSTR;

typedef struct _LUID {
    DWORD LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _LUID_AND_ATTRIBUTES {
    LUID Luid;
    DWORD Attributes;
} LUID_AND_ATTRIBUTES, *PLUID_AND_ATTRIBUTES;

typedef struct _GROUP_AFFINITY {
    KAFFINITY Mask;
    WORD Group;
    WORD Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;

typedef struct _PROCESSOR_NUMBER {
    WORD Group;
    BYTE Number, Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;


typedef PVOID PSECURITY_DESCRIPTOR, PSID, PACCESS_TOKEN, PCLAIMS_BLOB;
typedef DWORD SECURITY_INFORMATION, *PSECURITY_INFORMATION;
typedef WORD SECURITY_DESCRIPTOR_CONTROL, *PSECURITY_DESCRIPTOR_CONTROL;
#define SECURITY_DESCRIPTOR_REVISION 1

typedef struct _ACL {
    BYTE AclRevision, Sbz1;
    WORD AclSize, AceCount, Sbz2;
} ACL, *PACL;

typedef struct _SECURITY_DESCRIPTOR {
    BYTE Revision, Sbz1;
    SECURITY_DESCRIPTOR_CONTROL Control;
    PSID Owner, Group;
    PACL Sacl, Dacl;
} SECURITY_DESCRIPTOR, *PISECURITY_DESCRIPTOR;

typedef struct _SID_IDENTIFIER_AUTHORITY {
    BYTE Value[6];
} SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY;

BERTH_FUNCTION(BOOL, CompareObjectHandles, (HANDLE hFirstObjectHandle, HANDLE hSecondObjectHandle));
BERTH_FUNCTION(PVOID, EncodePointer, (PVOID Ptr));
BERTH_FUNCTION(PVOID, DecodePointer, (PVOID Ptr));
BERTH_FUNCTION(PVOID, EncodeSystemPointer, (PVOID Ptr));
BERTH_FUNCTION(PVOID, DecodeSystemPointer, (PVOID Ptr));
BERTH_FUNCTION(BOOL, Beep, (DWORD dwFreq, DWORD dwDuration));
BERTH_FUNCTION(BOOL, DisableThreadLibraryCalls, (HMODULE hLibModule));
BERTH_FUNCTION(BOOL, InitializeSecurityDescriptor,
               (PSECURITY_DESCRIPTOR pSecurityDescriptor, DWORD dwRevision));
BERTH_FUNCTION(BOOL, SetSecurityDescriptorDacl,
               (PSECURITY_DESCRIPTOR pSecurityDescriptor, BOOL bDaclPresent, PACL pDacl,
                BOOL bDaclDefaulted));

typedef enum _LOGICAL_PROCESSOR_RELATIONSHIP {
    RelationProcessorCore,
    RelationNumaNode,
    RelationCache,
    RelationProcessorPackage,
    RelationGroup,
    RelationAll = 0xffff
} LOGICAL_PROCESSOR_RELATIONSHIP;

#endif
