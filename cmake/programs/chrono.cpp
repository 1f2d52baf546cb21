// C++'s clocks and its sleep: the machine's time, which two hours cost nothing of.
#include <winsock2.h>

#include <windows.h>

#include <chrono>
#include <iostream>
#include <thread>

using namespace std::chrono;

static const auto before_main = steady_clock::now();

int main()
{
    const auto began = steady_clock::now();
    std::this_thread::sleep_for(milliseconds(1500));
    const auto woke = steady_clock::now();
    std::cout << duration_cast<milliseconds>(woke - began).count() << " ms\n";

    const ULONGLONG ticks = GetTickCount64();
    std::this_thread::sleep_for(hours(2));
    std::cout << GetTickCount64() - ticks << " ms\n";
    std::this_thread::sleep_until(system_clock::now() + seconds(3));
    std::cout << duration_cast<seconds>(steady_clock::now() - woke).count() << " s\n";

    std::cout << system_clock::to_time_t(system_clock::now()) - time(nullptr) << " s apart, "
              << (before_main <= began ? "forward" : "back") << '\n';
    std::cout << max(3, 4) << min(2.5, 7.5) << '\n';
}
