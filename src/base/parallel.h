#pragma once

#include <cstddef>
#include <functional>

namespace tensorkeep {

// How many threads to use where 0 means "choose": as many as the machine has, at most 8 (beyond
// that, copying to and from the page cache gains nothing).
int thread_count(int asked);

// Calls work(0) ... work(count - 1), each once, from `threads` threads (this one among them), taken
// in rising order. If some throw, the error of the lowest index is thrown at the end, whatever the
// threads' timing; higher indices may then be left out.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

}  // namespace tensorkeep
