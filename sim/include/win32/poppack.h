/* Ends what pshpack1.h or its kin began. */
#pragma pack(pop)
