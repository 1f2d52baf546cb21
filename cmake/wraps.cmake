# BERTH_PROGRAM_WRAPS: what the linker has a program call of ours in place of the host's, each a
# `__wrap_NAME` of berth_main's.
set(BERTH_PROGRAM_WRAPS
  main exit __cxa_atexit # main_wrap.c, endings.c
  # delete_wrap.c
  _ZdlPv _ZdaPv _ZdlPvm _ZdaPvm _ZdlPvSt11align_val_t _ZdaPvSt11align_val_t
  _ZdlPvmSt11align_val_t _ZdaPvmSt11align_val_t
  # chrono_wrap.c
  _ZNSt6chrono3_V212steady_clock3nowEv _ZNSt6chrono3_V212system_clock3nowEv nanosleep
  clock_gettime
  # posix_threads.c, posix_once.c
  pthread_create pthread_join pthread_detach pthread_self pthread_exit sched_yield
  pthread_key_create pthread_key_delete pthread_getspecific pthread_setspecific
  __cxa_thread_atexit pthread_once
  # posix_locks.c
  pthread_mutex_init pthread_mutex_destroy pthread_mutex_lock pthread_mutex_trylock
  pthread_mutex_timedlock pthread_mutex_clocklock pthread_mutex_unlock
  pthread_cond_wait pthread_cond_timedwait pthread_cond_clockwait pthread_cond_signal
  pthread_cond_broadcast syscall
  # posix_shared.c
  pthread_rwlock_init pthread_rwlock_destroy pthread_rwlock_rdlock pthread_rwlock_wrlock
  pthread_rwlock_tryrdlock pthread_rwlock_trywrlock pthread_rwlock_timedrdlock
  pthread_rwlock_timedwrlock pthread_rwlock_clockrdlock pthread_rwlock_clockwrlock
  pthread_rwlock_unlock
  sem_init sem_destroy sem_wait sem_trywait sem_timedwait sem_clockwait sem_post sem_getvalue
  # std_threads.c
  _ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE
  _ZNSt6thread4joinEv _ZNSt6thread6detachEv _ZNSt6thread20hardware_concurrencyEv
  _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE
  _ZNSt18condition_variable10notify_oneEv _ZNSt18condition_variable10notify_allEv
  _ZNSt28__atomic_futex_unsigned_base19_M_futex_notify_allEPj)
set(durations NSt6chrono8durationIlSt5ratioILl1ELl1EEEENS2_IlS3_ILl1ELl1000000000EEEE)
list(APPEND BERTH_PROGRAM_WRAPS
  _ZNSt28__atomic_futex_unsigned_base19_M_futex_wait_untilEPjjb${durations}
  _ZNSt28__atomic_futex_unsigned_base26_M_futex_wait_until_steadyEPjjb${durations})
list(JOIN BERTH_PROGRAM_WRAPS ",--wrap=" BERTH_PROGRAM_LINK)
set(BERTH_PROGRAM_LINK -Wl,--wrap=${BERTH_PROGRAM_LINK})
