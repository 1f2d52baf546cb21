// C++20: what waits for atomics, by the host's system call, and for a request to stop.
#include <windows.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <latch>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using std::cout;

static void phases()
{
    const int workers = 3;
    std::counting_semaphore<workers> tickets(0);
    std::latch begun(workers);
    std::barrier phase(workers, []() noexcept { cout << "phase\n"; });
    std::vector<std::jthread> threads;

    for (int i = 0; i < workers; i++)
        threads.emplace_back([&, i] {
            std::this_thread::sleep_for(i * 10ms);
            begun.count_down();
            tickets.acquire();
            phase.arrive_and_wait();
            phase.arrive_and_wait();
        });
    begun.wait();
    cout << "begun\n";
    tickets.release(workers);
    threads.clear();
    const ULONGLONG before = GetTickCount64();
    cout << tickets.try_acquire_for(100ms) << ' ' << GetTickCount64() - before << '\n';
}

int main()
{
    std::atomic<int> value{0};
    std::mutex lock;
    std::condition_variable_any never;

    phases();
    std::jthread waits([&] {
        value.wait(0);
        cout << value << '\n';
    });
    Sleep(5);
    value = 3;
    value.notify_all();
    waits.join();
    std::jthread stops([&](std::stop_token token) {
        std::unique_lock<std::mutex> held(lock);
        cout << never.wait(held, token, [] { return false; }) << " stopped\n";
    });
    Sleep(10);
    stops.request_stop();
    stops.join();
}
