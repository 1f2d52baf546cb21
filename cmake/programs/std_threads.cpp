// A server of C++'s own threads: each a thread of the machine, which waits in the machine's time.
#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <iostream>
#include <map>
#include <mutex>
#include <queue>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using std::cout;

struct Greeting {
    std::string text;
    explicit Greeting(const char *begin) : text(begin) {}
    ~Greeting()
    {
        cout << text << " is gone\n";
    }
};

static const auto main_id = std::this_thread::get_id();
static thread_local Greeting greeting("greeting");
static std::once_flag flag;
static std::mutex lock;
static std::condition_variable more;
static std::queue<std::string> lines;
static bool closed;
static std::shared_timed_mutex counts_lock;
static std::map<std::string, int> counts;

static void serve(SOCKET guest)
{
    char bytes[100];
    int count;

    while ((count = recv(guest, bytes, sizeof bytes, 0)) > 0) {
        std::lock_guard<std::mutex> held(lock);
        lines.emplace(bytes, bytes + count);
        more.notify_one();
    }
    closesocket(guest);
    std::unique_lock<std::shared_timed_mutex> alone(counts_lock);
    counts["closed"]++;
}

static void accept_all(SOCKET listener, int guests)
{
    std::vector<std::thread> threads;

    for (int i = 0; i < guests; i++)
        threads.emplace_back(serve, accept(listener, nullptr, nullptr));
    for (auto &thread : threads)
        thread.join();
    std::lock_guard<std::mutex> held(lock);
    closed = true;
    more.notify_all();
}

static size_t count_bytes()
{
    for (size_t sum = 0;;) {
        std::unique_lock<std::mutex> held(lock);
        more.wait(held, [] { return closed || !lines.empty(); });
        if (lines.empty())
            return sum;
        sum += lines.front().size();
        lines.pop();
    }
}

static int visit(sockaddr_in address, int number)
{
    SOCKET guest = socket(AF_INET, SOCK_STREAM, 0);

    std::this_thread::sleep_for(number * 10ms);
    if (connect(guest, (const sockaddr *)&address, sizeof address) != 0)
        return WSAGetLastError();
    greeting.text += " " + std::to_string(number);
    send(guest, greeting.text.c_str(), (int)greeting.text.size(), 0);
    closesocket(guest);
    std::call_once(flag, [] {
        std::this_thread::sleep_for(1s);
        cout << "once\n";
    });
    std::this_thread::sleep_for(number * 1s);
    if (number == 2)
        throw std::runtime_error("the third guest");
    return number;
}

static void server()
{
    const int guests = 3;
    sockaddr_in address{};
    int size = sizeof address;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    std::vector<std::future<int>> answers;

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, (const sockaddr *)&address, sizeof address);
    getsockname(listener, (sockaddr *)&address, &size);
    listen(listener, guests);
    std::thread acceptor(accept_all, listener, guests);
    auto bytes = std::async(std::launch::async, count_bytes);
    for (int i = 0; i < guests; i++)
        answers.push_back(std::async(std::launch::async, visit, address, i));
    for (auto &answer : answers) {
        try {
            cout << answer.get() << '\n';
        } catch (const std::runtime_error &error) {
            cout << "caught " << error.what() << '\n';
        }
    }
    acceptor.join();
    closesocket(listener);
    std::shared_lock<std::shared_timed_mutex> shared(counts_lock);
    cout << bytes.get() << " bytes, " << counts["closed"] << " closed\n";
}

static void times()
{
    std::promise<int> promise;
    auto future = promise.get_future();
    auto began = std::chrono::steady_clock::now();
    auto passed = [&] { return (std::chrono::steady_clock::now() - began) / 1ms; };

    cout << (future.wait_for(500ms) == std::future_status::timeout) << passed() << '\n';
    std::thread([&] {
        std::this_thread::sleep_for(100ms);
        promise.set_value(7);
    }).detach();
    cout << future.get() << ' ' << passed() << '\n';
    std::unique_lock<std::mutex> held(lock);
    cout << (more.wait_for(held, 250ms) == std::cv_status::timeout)
         << (more.wait_until(held, std::chrono::system_clock::now() + 2h) == std::cv_status::timeout)
         << ' ' << passed() << '\n';
    std::timed_mutex timed;
    timed.lock();
    std::thread([&] { cout << timed.try_lock_for(30ms) << ' ' << passed() << '\n'; }).join();
    timed.unlock();
}

// Each catches its own, whatever the other throws while it waits.
static void throw_often(int number)
{
    for (int i = 0; i < 3; i++) {
        try {
            throw i * 10 + number;
        } catch (int thrown) {
            Sleep(5 + number);
            try {
                throw;
            } catch (int again) {
                if (thrown != again)
                    cout << "somebody else's\n";
            }
        }
    }
}

static void once_that_fails()
{
    std::once_flag once;
    std::vector<std::thread> threads;
    int tries = 0;

    for (int i = 0; i < 4; i++)
        threads.emplace_back([&] {
            try {
                std::call_once(once, [&] {
                    std::this_thread::sleep_for(10ms);
                    if (++tries < 3)
                        throw tries;
                });
            } catch (int number) {
                cout << "try " << number << " fails\n";
            }
        });
    for (auto &thread : threads)
        thread.join();
    cout << tries << " tries\n";
}

int main()
{
    WSADATA data;
    std::atomic<bool> go{false};
    bool looked = false;

    WSAStartup(MAKEWORD(2, 2), &data);
    cout << (main_id == std::this_thread::get_id()) << std::thread::hardware_concurrency() << '\n';
    server();
    times();
    std::thread one(throw_often, 1), two(throw_often, 2);
    one.join();
    two.join();
    once_that_fails();

    std::thread spins([&] {
        while (!go)
            std::this_thread::yield();
        cout << "goes\n";
    });
    std::thread looks([&] {
        for (bool seen = false; !seen;) {
            std::lock_guard<std::mutex> held(lock);
            seen = looked;
        }
        cout << "has looked\n";
    });
    Sleep(50);
    go = true;
    spins.join();
    {
        std::lock_guard<std::mutex> held(lock);
        looked = true;
    }
    looks.join();
    std::recursive_mutex twice;
    std::lock_guard<std::recursive_mutex> first(twice), second(twice);
    try {
        one.join();
    } catch (const std::system_error &error) {
        cout << error.code().value() << '\n';
    }
    cout << greeting.text << '\n';
    WSACleanup();
}
