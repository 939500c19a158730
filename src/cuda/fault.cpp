// SPDX-License-Identifier: MIT
#include "cuda/fault.hpp"

#include <cuda_runtime_api.h>

namespace poise::cuda::detail {

device_fault fault_of(int error, int driver_version) noexcept {
    switch (error) {
        case cudaSuccess:
            return device_fault::none;
        case cudaErrorInsufficientDriver:
            return driver_version == 0 ? device_fault::no_driver : device_fault::driver_too_old;
        case cudaErrorStubLibrary:  // the toolkit's stand-in for the driver
            return device_fault::no_driver;
        case cudaErrorNoDevice:
            return device_fault::no_gpu;
        case cudaErrorInvalidDevice:
            return device_fault::no_such_gpu;
        case cudaErrorNoKernelImageForDevice:
        case cudaErrorUnsupportedPtxVersion:
            return device_fault::no_code;
        case cudaErrorDevicesUnavailable:
            return device_fault::busy;
        case cudaErrorMemoryAllocation:
            return device_fault::out_of_memory;
        // After these the process's context on the GPU answers every call with the same error.
        case cudaErrorIllegalAddress:
        case cudaErrorLaunchTimeout:
        case cudaErrorAssert:
        case cudaErrorHardwareStackError:
        case cudaErrorIllegalInstruction:
        case cudaErrorMisalignedAddress:
        case cudaErrorInvalidAddressSpace:
        case cudaErrorInvalidPc:
        case cudaErrorLaunchFailure:
        case cudaErrorECCUncorrectable:
        case cudaErrorNvlinkUncorrectable:
        case 226:  // cudaErrorContained, from CUDA 12.8 on
            return device_fault::lost;
        default:
            return device_fault::failed;
    }
}

}  // namespace poise::cuda::detail
