/**
 * A runtime that cannot allocate: asc's proof that the driver never does. The target `no-allocation`
 * compiles the driver against it (without output), and each of these turns a reachable allocation into a
 * compile error that shows the chain of sources. `memory.grow` by hand is not caught here but on the binary.
 */

// @ts-ignore: decorator
@unsafe @global
function __alloc(size: usize): usize {
  ERROR("the driver must not allocate: __alloc is reachable");
  return 0;
}

// @ts-ignore: decorator
@unsafe @global
function __realloc(ptr: usize, size: usize): usize {
  ERROR("the driver must not allocate: __realloc is reachable");
  return 0;
}

// @ts-ignore: decorator
@unsafe @global
function __free(ptr: usize): void {
  ERROR("the driver must not allocate: __free is reachable");
}

// @ts-ignore: decorator
@unsafe @global
function __new(size: usize, id: u32): usize {
  ERROR("the driver must not allocate: __new is reachable");
  return 0;
}

// @ts-ignore: decorator
@unsafe @global
function __renew(oldPtr: usize, size: usize): usize {
  ERROR("the driver must not allocate: __renew is reachable");
  return 0;
}

// @ts-ignore: decorator
@unsafe @global
function __link(parentPtr: usize, childPtr: usize, expectMultiple: bool): void {}

// @ts-ignore: decorator
@unsafe @global
function __pin(ptr: usize): usize {
  ERROR("the driver must not allocate: __pin is reachable");
  return 0;
}

// @ts-ignore: decorator
@unsafe @global
function __unpin(ptr: usize): void {}

// @ts-ignore: decorator
@unsafe @global
function __visit(ptr: usize, cookie: u32): void {}

// @ts-ignore: decorator
@unsafe @global
function __collect(): void {}
