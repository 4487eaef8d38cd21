/** What an instance that is a process gets of the environment: what libraries for computing look at, and no secrets. */
const passedOn =
  /^(PATH|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|LANG|LC_.*|TZ|LD_.*|DYLD_.*|MALLOC_.*|GLIBC_TUNABLES|CUDA_.*|CUDNN_.*|NVIDIA_.*|TRT_.*|TENSORRT_.*|ORT_.*|OMP_.*|KMP_.*|GOMP_.*|VK_.*|MESA_.*|DRI_.*|XDG_RUNTIME_DIR|XDG_CACHE_HOME)$/i;

export function processEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => passedOn.test(name)));
}
