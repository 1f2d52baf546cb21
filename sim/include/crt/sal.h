/* <sal.h>: annotations for Microsoft's analyser; they say nothing to other compilers. */
#ifndef BERTH_CRT_SAL_H
#define BERTH_CRT_SAL_H

#define _In_
#define _In_z_
#define _In_opt_
#define _In_opt_z_
#define _In_reads_(count)
#define _In_reads_opt_(count)
#define _In_reads_bytes_(size)
#define _In_reads_bytes_opt_(size)
#define _In_reads_z_(count)
#define _In_range_(low, high)
#define _Out_
#define _Out_opt_
#define _Out_writes_(count)
#define _Out_writes_opt_(count)
#define _Out_writes_z_(count)
#define _Out_writes_bytes_(size)
#define _Out_writes_bytes_opt_(size)
#define _Out_writes_bytes_to_(size, used)
#define _Out_writes_to_(size, used)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(count)
#define _Inout_updates_bytes_(size)
#define _Inout_z_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Success_(expression)
#define _Check_return_
#define _Must_inspect_result_
#define _Printf_format_string_
#define _Reserved_
#define _Use_decl_annotations_
#define _Null_terminated_
#define _Field_size_(count)
#define _Field_size_bytes_(size)
#define _Analysis_assume_(expression) ((void)0)
#define IN
#define OUT
#define OPTIONAL

#endif
