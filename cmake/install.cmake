# `cmake --install` and find_package(tensorkeep): targets tensorkeep::checkpoint and
# tensorkeep::tensorkeep, the public headers, and the command.
include(CMakePackageConfigHelpers)

install(TARGETS checkpoint tensorkeep EXPORT tensorkeep_targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/tensorkeep
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${PROJECT_BINARY_DIR}/src/proto/tensorkeep
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.pb.h")

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tensorkeep)
install(EXPORT tensorkeep_targets NAMESPACE tensorkeep:: DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/tensorkeepConfig.cmake.in
  ${PROJECT_BINARY_DIR}/tensorkeepConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tensorkeepConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tensorkeepConfig.cmake
  ${PROJECT_BINARY_DIR}/tensorkeepConfigVersion.cmake DESTINATION ${package_dir})
if(TARGET tensorkeep_command)
  install(TARGETS tensorkeep_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
