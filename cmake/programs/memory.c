/* Memory: pages, heaps, and what two processes share by a name. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

static int variable = 1;

static int child(void)
{
    HANDLE mapping = OpenFileMappingW(FILE_MAP_ALL_ACCESS, FALSE, L"Local\\shared");
    HANDLE told = OpenEventA(EVENT_ALL_ACCESS, FALSE, "told");
    char *view = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 65536, 100);

    variable++;
    printf("child reads %s, variable %d\n", view, variable);
    strcpy(view, "from the child");
    SetEvent(told);
    return 5;
}

static void share(void)
{
    HANDLE told = CreateEventA(NULL, FALSE, FALSE, "told");
    HANDLE mapping =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 100000, "shared");
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char line[] = "memory child", path[MAX_PATH];

    printf("%d", mapping != NULL);
    printf(" %lu\n", GetLastError());
    char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    char *copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 65536, 100);
    strcpy(view + 65536, "from the parent");
    strcpy(copy, "nobody's");
    GetModuleFileNameA(NULL, path, MAX_PATH);
    CreateProcessA(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process);
    WaitForSingleObject(told, INFINITE);
    printf("parent reads %s, variable %d, copy %s\n", view + 65536, variable, copy);
    WaitForSingleObject(process.hProcess, INFINITE);
    printf("%d %d", UnmapViewOfFile(view), UnmapViewOfFile(copy));
    printf(" %d", UnmapViewOfFile(copy));
    printf(" %lu\n", GetLastError());
    HANDLE again = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READONLY, 0, 1, "shared");
    printf("%d %lu\n", again != NULL, GetLastError());
    CloseHandle(again);
    CloseHandle(mapping);
    printf("%d", OpenFileMappingA(FILE_MAP_READ, FALSE, "shared") == NULL);
    printf(" %lu\n", GetLastError());
}

static void refused(void)
{
    HANDLE mapping = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READONLY, 0, 100000, NULL);

    printf("%d", MapViewOfFile(mapping, FILE_MAP_READ, 0, 4096, 0) == NULL);
    printf(" %lu", GetLastError());
    printf(" %d", MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) == NULL);
    printf(" %lu", GetLastError());
    printf(" %d", MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 100001) == NULL);
    printf(" %lu\n", GetLastError());
    printf("%d", CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READONLY, 0, 0, NULL) == NULL);
    printf(" %lu\n", GetLastError());
    CloseHandle(mapping);
}

static void pages(void)
{
    MEMORY_BASIC_INFORMATION about;
    DWORD before;
    char *base = VirtualAlloc(NULL, 5 * 4096, MEM_RESERVE, PAGE_READWRITE);
    char *second = VirtualAlloc(base + 4096, 4096, MEM_COMMIT, PAGE_READWRITE);

    strcpy(second, "committed");
    printf("%zu", VirtualQuery(base, &about, sizeof about) / sizeof about);
    printf(" %d\n", about.AllocationBase == base);
    printf("%zu %lx\n", about.RegionSize, about.State);
    VirtualQuery(second + 10, &about, sizeof about);
    printf("%zu %lx %lx %d\n", about.RegionSize, about.State, about.Protect,
           about.AllocationBase == base && about.BaseAddress == second);
    printf("%d", VirtualProtect(base, 1, PAGE_READONLY, &before));
    printf(" %lu", GetLastError());
    printf(" %d", VirtualProtect(second, 1, PAGE_EXECUTE_READ, &before));
    printf(" %lx\n", before);
    VirtualFree(second, 4096, MEM_DECOMMIT);
    VirtualAlloc(second, 4096, MEM_COMMIT, PAGE_READWRITE);
    printf("%d", second[0]);
    printf(" %d\n", VirtualFree(base, 0, MEM_RELEASE));
    VirtualQuery(&variable, &about, sizeof about);
    printf("%lx %lx\n", about.State, about.Protect);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc == 2)
        return child();
    share();
    refused();
    pages();
    HANDLE heap = HeapCreate(0, 0, 0);
    char *text = HeapAlloc(heap, HEAP_ZERO_MEMORY, 10);
    strcpy(text, "text");
    text = HeapReAlloc(heap, 0, text, 100);
    HGLOBAL global = GlobalAlloc(GHND, 20);
    char *locked = GlobalLock(global);
    printf("%s %zu %zu %d", text, HeapSize(heap, 0, text), GlobalSize(global), locked[0]);
    printf(" %d %d %d\n", GlobalUnlock(global), HeapFree(heap, 0, text), HeapDestroy(heap));
    GlobalFree(global);
    return 0;
}
