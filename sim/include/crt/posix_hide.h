/* While the host's headers are read, these of its functions have names of no use: neither
 * Microsoft's C library has them nor mingw-w64's, and a program may have its own, or macros.
 * No guard: included twice, the second time with BERTH_CRT_SHOW, to give the names back.
 */
#if !defined(BERTH_CRT_SHOW)
#pragma push_macro("a64l")
#undef a64l
#define a64l berth_host_a64l
#pragma push_macro("acct")
#undef acct
#define acct berth_host_acct
#pragma push_macro("adjtime")
#undef adjtime
#define adjtime berth_host_adjtime
#pragma push_macro("alarm")
#undef alarm
#define alarm berth_host_alarm
#pragma push_macro("bcmp")
#undef bcmp
#define bcmp berth_host_bcmp
#pragma push_macro("bcopy")
#undef bcopy
#define bcopy berth_host_bcopy
#pragma push_macro("brk")
#undef brk
#define brk berth_host_brk
#pragma push_macro("bzero")
#undef bzero
#define bzero berth_host_bzero
#pragma push_macro("chown")
#undef chown
#define chown berth_host_chown
#pragma push_macro("chroot")
#undef chroot
#define chroot berth_host_chroot
#pragma push_macro("clearenv")
#undef clearenv
#define clearenv berth_host_clearenv
#pragma push_macro("confstr")
#undef confstr
#define confstr berth_host_confstr
#pragma push_macro("crypt")
#undef crypt
#define crypt berth_host_crypt
#pragma push_macro("ctermid")
#undef ctermid
#define ctermid berth_host_ctermid
#pragma push_macro("daemon")
#undef daemon
#define daemon berth_host_daemon
#pragma push_macro("dprintf")
#undef dprintf
#define dprintf berth_host_dprintf
#pragma push_macro("drand48")
#undef drand48
#define drand48 berth_host_drand48
#pragma push_macro("dysize")
#undef dysize
#define dysize berth_host_dysize
#pragma push_macro("encrypt")
#undef encrypt
#define encrypt berth_host_encrypt
#pragma push_macro("erand48")
#undef erand48
#define erand48 berth_host_erand48
#pragma push_macro("explicit_bzero")
#undef explicit_bzero
#define explicit_bzero berth_host_explicit_bzero
#pragma push_macro("fchown")
#undef fchown
#define fchown berth_host_fchown
#pragma push_macro("fdatasync")
#undef fdatasync
#define fdatasync berth_host_fdatasync
#pragma push_macro("fmemopen")
#undef fmemopen
#define fmemopen berth_host_fmemopen
#pragma push_macro("fork")
#undef fork
#define fork berth_host_fork
#pragma push_macro("fpathconf")
#undef fpathconf
#define fpathconf berth_host_fpathconf
#pragma push_macro("fsync")
#undef fsync
#define fsync berth_host_fsync
#pragma push_macro("futimes")
#undef futimes
#define futimes berth_host_futimes
#pragma push_macro("futimesat")
#undef futimesat
#define futimesat berth_host_futimesat
#pragma push_macro("getdelim")
#undef getdelim
#define getdelim berth_host_getdelim
#pragma push_macro("getdomainname")
#undef getdomainname
#define getdomainname berth_host_getdomainname
#pragma push_macro("getdtablesize")
#undef getdtablesize
#define getdtablesize berth_host_getdtablesize
#pragma push_macro("getegid")
#undef getegid
#define getegid berth_host_getegid
#pragma push_macro("getentropy")
#undef getentropy
#define getentropy berth_host_getentropy
#pragma push_macro("geteuid")
#undef geteuid
#define geteuid berth_host_geteuid
#pragma push_macro("getgid")
#undef getgid
#define getgid berth_host_getgid
#pragma push_macro("getgroups")
#undef getgroups
#define getgroups berth_host_getgroups
#pragma push_macro("gethostid")
#undef gethostid
#define gethostid berth_host_gethostid
#pragma push_macro("getitimer")
#undef getitimer
#define getitimer berth_host_getitimer
#pragma push_macro("getline")
#undef getline
#define getline berth_host_getline
#pragma push_macro("getloadavg")
#undef getloadavg
#define getloadavg berth_host_getloadavg
#pragma push_macro("getlogin")
#undef getlogin
#define getlogin berth_host_getlogin
#pragma push_macro("getpagesize")
#undef getpagesize
#define getpagesize berth_host_getpagesize
#pragma push_macro("getpass")
#undef getpass
#define getpass berth_host_getpass
#pragma push_macro("getpgid")
#undef getpgid
#define getpgid berth_host_getpgid
#pragma push_macro("getpgrp")
#undef getpgrp
#define getpgrp berth_host_getpgrp
#pragma push_macro("getppid")
#undef getppid
#define getppid berth_host_getppid
#pragma push_macro("getsid")
#undef getsid
#define getsid berth_host_getsid
#pragma push_macro("getsubopt")
#undef getsubopt
#define getsubopt berth_host_getsubopt
#pragma push_macro("getuid")
#undef getuid
#define getuid berth_host_getuid
#pragma push_macro("index")
#undef index
#define index berth_host_index
#pragma push_macro("initstate")
#undef initstate
#define initstate berth_host_initstate
#pragma push_macro("jrand48")
#undef jrand48
#define jrand48 berth_host_jrand48
#pragma push_macro("l64a")
#undef l64a
#define l64a berth_host_l64a
#pragma push_macro("lchown")
#undef lchown
#define lchown berth_host_lchown
#pragma push_macro("lcong48")
#undef lcong48
#define lcong48 berth_host_lcong48
#pragma push_macro("link")
#undef link
#define link berth_host_link
#pragma push_macro("linkat")
#undef linkat
#define linkat berth_host_linkat
#pragma push_macro("lockf")
#undef lockf
#define lockf berth_host_lockf
#pragma push_macro("lrand48")
#undef lrand48
#define lrand48 berth_host_lrand48
#pragma push_macro("lutimes")
#undef lutimes
#define lutimes berth_host_lutimes
#pragma push_macro("memmem")
#undef memmem
#define memmem berth_host_memmem
#pragma push_macro("mempcpy")
#undef mempcpy
#define mempcpy berth_host_mempcpy
#pragma push_macro("memrchr")
#undef memrchr
#define memrchr berth_host_memrchr
#pragma push_macro("mkdtemp")
#undef mkdtemp
#define mkdtemp berth_host_mkdtemp
#pragma push_macro("mrand48")
#undef mrand48
#define mrand48 berth_host_mrand48
#pragma push_macro("nice")
#undef nice
#define nice berth_host_nice
#pragma push_macro("nrand48")
#undef nrand48
#define nrand48 berth_host_nrand48
#pragma push_macro("open_memstream")
#undef open_memstream
#define open_memstream berth_host_open_memstream
#pragma push_macro("pathconf")
#undef pathconf
#define pathconf berth_host_pathconf
#pragma push_macro("pause")
#undef pause
#define pause berth_host_pause
#pragma push_macro("pipe")
#undef pipe
#define pipe berth_host_pipe
#pragma push_macro("pipe2")
#undef pipe2
#define pipe2 berth_host_pipe2
#pragma push_macro("posix_memalign")
#undef posix_memalign
#define posix_memalign berth_host_posix_memalign
#pragma push_macro("profil")
#undef profil
#define profil berth_host_profil
#pragma push_macro("random")
#undef random
#define random berth_host_random
#pragma push_macro("rawmemchr")
#undef rawmemchr
#define rawmemchr berth_host_rawmemchr
#pragma push_macro("readlink")
#undef readlink
#define readlink berth_host_readlink
#pragma push_macro("reallocarray")
#undef reallocarray
#define reallocarray berth_host_reallocarray
#pragma push_macro("realpath")
#undef realpath
#define realpath berth_host_realpath
#pragma push_macro("renameat")
#undef renameat
#define renameat berth_host_renameat
#pragma push_macro("revoke")
#undef revoke
#define revoke berth_host_revoke
#pragma push_macro("rindex")
#undef rindex
#define rindex berth_host_rindex
#pragma push_macro("rpmatch")
#undef rpmatch
#define rpmatch berth_host_rpmatch
#pragma push_macro("sbrk")
#undef sbrk
#define sbrk berth_host_sbrk
#pragma push_macro("seed48")
#undef seed48
#define seed48 berth_host_seed48
#pragma push_macro("setbuffer")
#undef setbuffer
#define setbuffer berth_host_setbuffer
#pragma push_macro("setdomainname")
#undef setdomainname
#define setdomainname berth_host_setdomainname
#pragma push_macro("setegid")
#undef setegid
#define setegid berth_host_setegid
#pragma push_macro("setenv")
#undef setenv
#define setenv berth_host_setenv
#pragma push_macro("seteuid")
#undef seteuid
#define seteuid berth_host_seteuid
#pragma push_macro("setgid")
#undef setgid
#define setgid berth_host_setgid
#pragma push_macro("sethostname")
#undef sethostname
#define sethostname berth_host_sethostname
#pragma push_macro("setitimer")
#undef setitimer
#define setitimer berth_host_setitimer
#pragma push_macro("setlinebuf")
#undef setlinebuf
#define setlinebuf berth_host_setlinebuf
#pragma push_macro("setlogin")
#undef setlogin
#define setlogin berth_host_setlogin
#pragma push_macro("setpgid")
#undef setpgid
#define setpgid berth_host_setpgid
#pragma push_macro("setpgrp")
#undef setpgrp
#define setpgrp berth_host_setpgrp
#pragma push_macro("setsid")
#undef setsid
#define setsid berth_host_setsid
#pragma push_macro("setstate")
#undef setstate
#define setstate berth_host_setstate
#pragma push_macro("settimeofday")
#undef settimeofday
#define settimeofday berth_host_settimeofday
#pragma push_macro("setuid")
#undef setuid
#define setuid berth_host_setuid
#pragma push_macro("srand48")
#undef srand48
#define srand48 berth_host_srand48
#pragma push_macro("srandom")
#undef srandom
#define srandom berth_host_srandom
#pragma push_macro("stpcpy")
#undef stpcpy
#define stpcpy berth_host_stpcpy
#pragma push_macro("stpncpy")
#undef stpncpy
#define stpncpy berth_host_stpncpy
#pragma push_macro("strcasestr")
#undef strcasestr
#define strcasestr berth_host_strcasestr
#pragma push_macro("strchrnul")
#undef strchrnul
#define strchrnul berth_host_strchrnul
#pragma push_macro("strlcat")
#undef strlcat
#define strlcat berth_host_strlcat
#pragma push_macro("strlcpy")
#undef strlcpy
#define strlcpy berth_host_strlcpy
#pragma push_macro("strndup")
#undef strndup
#define strndup berth_host_strndup
#pragma push_macro("strptime")
#undef strptime
#define strptime berth_host_strptime
#pragma push_macro("strsep")
#undef strsep
#define strsep berth_host_strsep
#pragma push_macro("strsignal")
#undef strsignal
#define strsignal berth_host_strsignal
#pragma push_macro("strverscmp")
#undef strverscmp
#define strverscmp berth_host_strverscmp
#pragma push_macro("symlink")
#undef symlink
#define symlink berth_host_symlink
#pragma push_macro("symlinkat")
#undef symlinkat
#define symlinkat berth_host_symlinkat
#pragma push_macro("sync")
#undef sync
#define sync berth_host_sync
#pragma push_macro("syncfs")
#undef syncfs
#define syncfs berth_host_syncfs
#pragma push_macro("tcgetpgrp")
#undef tcgetpgrp
#define tcgetpgrp berth_host_tcgetpgrp
#pragma push_macro("tcsetpgrp")
#undef tcsetpgrp
#define tcsetpgrp berth_host_tcsetpgrp
#pragma push_macro("timegm")
#undef timegm
#define timegm berth_host_timegm
#pragma push_macro("timelocal")
#undef timelocal
#define timelocal berth_host_timelocal
#pragma push_macro("truncate")
#undef truncate
#define truncate berth_host_truncate
#pragma push_macro("ttyname")
#undef ttyname
#define ttyname berth_host_ttyname
#pragma push_macro("ualarm")
#undef ualarm
#define ualarm berth_host_ualarm
#pragma push_macro("unsetenv")
#undef unsetenv
#define unsetenv berth_host_unsetenv
#pragma push_macro("utimes")
#undef utimes
#define utimes berth_host_utimes
#pragma push_macro("valloc")
#undef valloc
#define valloc berth_host_valloc
#pragma push_macro("vdprintf")
#undef vdprintf
#define vdprintf berth_host_vdprintf
#pragma push_macro("vfork")
#undef vfork
#define vfork berth_host_vfork
#pragma push_macro("vhangup")
#undef vhangup
#define vhangup berth_host_vhangup
#else
#pragma pop_macro("a64l")
#pragma pop_macro("acct")
#pragma pop_macro("adjtime")
#pragma pop_macro("alarm")
#pragma pop_macro("bcmp")
#pragma pop_macro("bcopy")
#pragma pop_macro("brk")
#pragma pop_macro("bzero")
#pragma pop_macro("chown")
#pragma pop_macro("chroot")
#pragma pop_macro("clearenv")
#pragma pop_macro("confstr")
#pragma pop_macro("crypt")
#pragma pop_macro("ctermid")
#pragma pop_macro("daemon")
#pragma pop_macro("dprintf")
#pragma pop_macro("drand48")
#pragma pop_macro("dysize")
#pragma pop_macro("encrypt")
#pragma pop_macro("erand48")
#pragma pop_macro("explicit_bzero")
#pragma pop_macro("fchown")
#pragma pop_macro("fdatasync")
#pragma pop_macro("fmemopen")
#pragma pop_macro("fork")
#pragma pop_macro("fpathconf")
#pragma pop_macro("fsync")
#pragma pop_macro("futimes")
#pragma pop_macro("futimesat")
#pragma pop_macro("getdelim")
#pragma pop_macro("getdomainname")
#pragma pop_macro("getdtablesize")
#pragma pop_macro("getegid")
#pragma pop_macro("getentropy")
#pragma pop_macro("geteuid")
#pragma pop_macro("getgid")
#pragma pop_macro("getgroups")
#pragma pop_macro("gethostid")
#pragma pop_macro("getitimer")
#pragma pop_macro("getline")
#pragma pop_macro("getloadavg")
#pragma pop_macro("getlogin")
#pragma pop_macro("getpagesize")
#pragma pop_macro("getpass")
#pragma pop_macro("getpgid")
#pragma pop_macro("getpgrp")
#pragma pop_macro("getppid")
#pragma pop_macro("getsid")
#pragma pop_macro("getsubopt")
#pragma pop_macro("getuid")
#pragma pop_macro("index")
#pragma pop_macro("initstate")
#pragma pop_macro("jrand48")
#pragma pop_macro("l64a")
#pragma pop_macro("lchown")
#pragma pop_macro("lcong48")
#pragma pop_macro("link")
#pragma pop_macro("linkat")
#pragma pop_macro("lockf")
#pragma pop_macro("lrand48")
#pragma pop_macro("lutimes")
#pragma pop_macro("memmem")
#pragma pop_macro("mempcpy")
#pragma pop_macro("memrchr")
#pragma pop_macro("mkdtemp")
#pragma pop_macro("mrand48")
#pragma pop_macro("nice")
#pragma pop_macro("nrand48")
#pragma pop_macro("open_memstream")
#pragma pop_macro("pathconf")
#pragma pop_macro("pause")
#pragma pop_macro("pipe")
#pragma pop_macro("pipe2")
#pragma pop_macro("posix_memalign")
#pragma pop_macro("profil")
#pragma pop_macro("random")
#pragma pop_macro("rawmemchr")
#pragma pop_macro("readlink")
#pragma pop_macro("reallocarray")
#pragma pop_macro("realpath")
#pragma pop_macro("renameat")
#pragma pop_macro("revoke")
#pragma pop_macro("rindex")
#pragma pop_macro("rpmatch")
#pragma pop_macro("sbrk")
#pragma pop_macro("seed48")
#pragma pop_macro("setbuffer")
#pragma pop_macro("setdomainname")
#pragma pop_macro("setegid")
#pragma pop_macro("setenv")
#pragma pop_macro("seteuid")
#pragma pop_macro("setgid")
#pragma pop_macro("sethostname")
#pragma pop_macro("setitimer")
#pragma pop_macro("setlinebuf")
#pragma pop_macro("setlogin")
#pragma pop_macro("setpgid")
#pragma pop_macro("setpgrp")
#pragma pop_macro("setsid")
#pragma pop_macro("setstate")
#pragma pop_macro("settimeofday")
#pragma pop_macro("setuid")
#pragma pop_macro("srand48")
#pragma pop_macro("srandom")
#pragma pop_macro("stpcpy")
#pragma pop_macro("stpncpy")
#pragma pop_macro("strcasestr")
#pragma pop_macro("strchrnul")
#pragma pop_macro("strlcat")
#pragma pop_macro("strlcpy")
#pragma pop_macro("strndup")
#pragma pop_macro("strptime")
#pragma pop_macro("strsep")
#pragma pop_macro("strsignal")
#pragma pop_macro("strverscmp")
#pragma pop_macro("symlink")
#pragma pop_macro("symlinkat")
#pragma pop_macro("sync")
#pragma pop_macro("syncfs")
#pragma pop_macro("tcgetpgrp")
#pragma pop_macro("tcsetpgrp")
#pragma pop_macro("timegm")
#pragma pop_macro("timelocal")
#pragma pop_macro("truncate")
#pragma pop_macro("ttyname")
#pragma pop_macro("ualarm")
#pragma pop_macro("unsetenv")
#pragma pop_macro("utimes")
#pragma pop_macro("valloc")
#pragma pop_macro("vdprintf")
#pragma pop_macro("vfork")
#pragma pop_macro("vhangup")
#endif
