/* A client of a name service over UDP that has several questions under way, each with a completion
 * routine, and gives up half way: the server falls silent, the client cancels what is left and
 * tells which questions were answered and which were not.
 *
 *     cancelled_client [QUESTIONS [ANSWERS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#define QUESTIONS_MAX 32

struct question {
    WSAOVERLAPPED overlapped; /* first: the routine finds the rest by it */
    int number;
    SOCKET socket;
    WSABUF buffer;
    char answer[64];
    DWORD error, size, flags;
    BOOL done;
};

static int answered, cancelled, failed;

static void CALLBACK answer_came(DWORD error, DWORD size, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    struct question *question = (struct question *)overlapped;
    (void)flags;
    question->done = TRUE;
    question->error = error;
    question->size = size;
    if (error == 0)
        answered++;
    else if (error == WSA_OPERATION_ABORTED)
        cancelled++;
    else
        failed++;
}

/* ---- The server ---- */

struct server {
    SOCKET socket;
    int answers; /* how many it gives before it falls silent */
};

static DWORD WINAPI serve(LPVOID parameter)
{
    struct server *server = parameter;
    for (int i = 0; i < server->answers; i++) {
        char name[64], text[64];
        struct sockaddr_in from;
        int from_size = sizeof from;
        int size = recvfrom(server->socket, name, sizeof name - 1, 0, (struct sockaddr *)&from,
                            &from_size);
        if (size < 0)
            return 1;
        name[size] = '\0';
        size = sprintf(text, "%s is 10.0.0.%d", name, i + 1);
        if (sendto(server->socket, text, size, 0, (struct sockaddr *)&from, from_size) != size)
            return 2;
    }
    return 0;
}

static SOCKET loopback_socket(struct sockaddr_in *name)
{
    int size = sizeof *name;
    SOCKET s = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    memset(name, 0, sizeof *name);
    name->sin_family = AF_INET;
    name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s == INVALID_SOCKET || bind(s, (struct sockaddr *)name, sizeof *name) != 0 ||
        getsockname(s, (struct sockaddr *)name, &size) != 0)
        return INVALID_SOCKET;
    return s;
}

/* ---- The client ---- */

/* The receive first, then the question, so that no answer finds nobody waiting. */
static BOOL ask(struct question *question, const struct sockaddr_in *server)
{
    char name[32];
    struct sockaddr_in own;
    int size = sprintf(name, "host%d", question->number);

    question->socket = loopback_socket(&own);
    if (question->socket == INVALID_SOCKET ||
        connect(question->socket, (const struct sockaddr *)server, sizeof *server) != 0)
        return FALSE;
    question->buffer.buf = question->answer;
    question->buffer.len = sizeof question->answer - 1;
    if (WSARecv(question->socket, &question->buffer, 1, NULL, &question->flags,
                &question->overlapped, answer_came) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING)
        return FALSE;
    return send(question->socket, name, size, 0) == size;
}

int main(int argc, char **argv)
{
    static struct question questions[QUESTIONS_MAX];
    struct sockaddr_in name;
    struct server server;
    HANDLE thread;
    int count = argc > 1 ? atoi(argv[1]) : 6;
    WSADATA data;

    server.answers = argc > 2 ? atoi(argv[2]) : count / 2;
    if (count < 1 || count > QUESTIONS_MAX || WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    server.socket = loopback_socket(&name);
    thread = CreateThread(NULL, 0, serve, &server, 0, NULL);
    for (int i = 0; i < count; i++) {
        questions[i].number = i;
        if (!ask(&questions[i], &name)) {
            printf("question %d: %d\n", i, WSAGetLastError());
            return 1;
        }
    }
    printf("%d questions are under way\n", count);

    /* Answers come while this thread waits alertably; when a second brings none, it gives up. */
    while (answered + failed < count && SleepEx(1000, TRUE) == WAIT_IO_COMPLETION)
        ;
    printf("%d were answered, then silence\n", answered);
    for (int i = 0; i < count; i++)
        if (!questions[i].done && !CancelIoEx((HANDLE)questions[i].socket, NULL))
            printf("question %d cannot be cancelled: %lu\n", i, (unsigned long)GetLastError());

    /* Until its routine has run, a question belongs to the system, cancelled or not. */
    while (answered + cancelled + failed < count)
        SleepEx(INFINITE, TRUE);
    for (int i = 0; i < count; i++) {
        if (questions[i].error == 0)
            printf("question %d: %.*s\n", i, (int)questions[i].size, questions[i].answer);
        else
            printf("question %d: error %lu\n", i, (unsigned long)questions[i].error);
        closesocket(questions[i].socket);
    }
    printf("%d answered, %d cancelled, %d failed\n", answered, cancelled, failed);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    closesocket(server.socket);
    WSACleanup();
    return 0;
}
