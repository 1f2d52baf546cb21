/* Bluetooth's addresses. */
#ifndef BERTH_WIN32_BTHDEF_H
#define BERTH_WIN32_BTHDEF_H

#include "windows.h"

typedef ULONGLONG BTH_ADDR, *PBTH_ADDR;
typedef ULONG BTH_COD;
#define BTH_ADDR_NULL ((BTH_ADDR)0)
#define BTH_MAX_NAME_SIZE 248
#define BTH_MAX_PIN_SIZE 16
#define BTH_LINK_KEY_LENGTH 16
#define NAP_MASK ((ULONGLONG)0xffff00000000)
#define SAP_MASK ((ULONGLONG)0x0000ffffffff)
#define GET_NAP(address) ((USHORT)(((address)&NAP_MASK) >> 32))
#define GET_SAP(address) ((ULONG)((address)&SAP_MASK))
#define SET_NAP(nap) (((ULONGLONG)((USHORT)(nap))) << 32)
#define SET_SAP(sap) ((ULONGLONG)((ULONG)(sap)))
#define SET_NAP_SAP(nap, sap) (SET_NAP(nap) | SET_SAP(sap))

#endif
