// Our half of test_retention.py: one Saver, told line by line what to do.
//   keeper DIR MAX_TO_KEEP KEEP_EVERY_N_HOURS < SCRIPT
// save NAME [STEP] | know NAME TIME [NAME TIME ...] | recover NAME [NAME ...]
// After each line it prints the names of last_checkpoints().
#include <filesystem>
#include <iostream>
#include <sstream>

#include "tensorkeep/tensorkeep.h"

namespace tf = tensorkeep;

namespace {

void obey(const std::string& line, const std::filesystem::path& folder, tf::train::Saver& saver,
          tf::Session& sess) {
  std::istringstream words(line);
  std::string verb;
  words >> verb;
  std::vector<std::pair<std::string, double>> known;
  std::vector<std::string> paths;
  for (std::string name; words >> name;) {
    paths.push_back(folder / name);
    if (verb == "recover") continue;
    std::int64_t number = 0;
    const bool has_number = static_cast<bool>(words >> number);
    known.emplace_back(paths.back(), static_cast<double>(number));
    if (verb != "save") continue;
    tf::train::SaveOptions options;
    if (has_number) options.global_step = number;
    saver.save(sess, paths.back(), options);
  }
  if (verb == "know") saver.set_last_checkpoints_with_time(known);
  if (verb == "recover") saver.recover_last_checkpoints(paths);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    const std::filesystem::path folder = argv[1];
    tf::Variable v(1.0, {.name = "v"});
    auto init = tf::global_variables_initializer();
    tf::train::Saver saver(
        {.max_to_keep = std::stoi(argv[2]), .keep_checkpoint_every_n_hours = std::stod(argv[3])});
    tf::Session sess;
    sess.run(init);
    for (std::string line; std::getline(std::cin, line);) {
      obey(line, folder, saver, sess);
      for (const std::string& path : saver.last_checkpoints()) {
        std::cout << std::filesystem::path(path).filename().string() << " ";
      }
      std::cout << "\n";
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
