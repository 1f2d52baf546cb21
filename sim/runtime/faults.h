/* The host's faults, for SetUnhandledExceptionFilter. */
#ifndef SIM_RUNTIME_FAULTS_H
#define SIM_RUNTIME_FAULTS_H

/* From now on the running process' filter is asked. */
void faults_watch(void);

#endif
