/* Fibers: stacks that take turns where they say so, each with FLS values of its own. */
#include <stdio.h>
#include <windows.h>

static LPVOID first, fibers[3];
static DWORD slot;
static int turns;

static VOID WINAPI forgotten(PVOID value)
{
    printf("forgotten %d\n", *(int *)value);
}

static VOID CALLBACK count(LPVOID parameter)
{
    int *number = parameter;

    FlsSetValue(slot, number);
    for (int i = 0; i < 2; i++) {
        printf("%d: turn %d, %d, %d\n", *number, turns++, *(int *)FlsGetValue(slot),
               *(int *)GetFiberData());
        Sleep(10);
        SwitchToFiber(*number < 3 ? fibers[*number] : first);
    }
    printf("%d returns\n", *number);
}

static DWORD WINAPI run(LPVOID unused)
{
    static int numbers[] = {1, 2, 3}, own = 9;

    (void)unused;
    printf("%d %d\n", IsThreadAFiber(), ConvertFiberToThread());
    printf("%lu\n", GetLastError());
    first = ConvertThreadToFiber(&own);
    printf("%d %d %d\n", first != NULL, IsThreadAFiber(), GetCurrentFiber() == first);
    printf("%d\n", ConvertThreadToFiber(NULL) == NULL);
    printf("%lu\n", GetLastError());
    slot = FlsAlloc(forgotten);
    FlsSetValue(slot, &own);
    for (int i = 0; i < 3; i++)
        fibers[i] = CreateFiber(0, count, &numbers[i]);
    SwitchToFiber(fibers[0]);
    printf("back, %d, %d\n", *(int *)FlsGetValue(slot), *(int *)GetFiberData());
    SwitchToFiber(fibers[0]);
    DeleteFiber(fibers[2]);
    SwitchToFiber(fibers[0]); /* which returns, and ends the thread */
    return 1;
}

int main(void)
{
    ULONGLONG began = GetTickCount64();
    DWORD code = 5;
    HANDLE thread = CreateThread(NULL, 0, run, NULL, 0, NULL);

    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    printf("%lu, %d ms\n", code, (int)(GetTickCount64() - began));
    FlsFree(slot);

    int own = 7, numbers[] = {1};
    first = ConvertThreadToFiber(&own);
    slot = FlsAlloc(NULL);
    numbers[0] = 3; /* goes back to the first */
    LPVOID other = CreateFiberEx(0, 65536, 0, count, &numbers[0]);
    SwitchToFiber(other);
    DeleteFiber(other);
    printf("%d", ConvertFiberToThread());
    printf("%d\n", IsThreadAFiber());
    return 0;
}
