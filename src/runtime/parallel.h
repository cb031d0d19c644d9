#pragma once

#include <cstdint>
#include <functional>

namespace tensorkeep::runtime {

// Calls work(begin, end) for consecutive ranges that together are [0, total), on the process's
// shared threads and the calling one; returns when all are done. A range has at least `grain` items
// (unless total is less), so that with total <= grain this is a plain call. The ranges depend only
// on the arguments and the number of processors, never on timing. Calls from within `work`, and
// calls while another thread uses the pool, run in the calling thread. The exception of the first
// range that failed is rethrown.
void parallel_for(std::int64_t total, std::int64_t grain,
                  const std::function<void(std::int64_t begin, std::int64_t end)>& work);

// Threads that work may be spread over; at least 1.
int parallel_width();

}  // namespace tensorkeep::runtime
