/**
 * Integer constants that the build gives to asc (`--use NAME=value`); asc knows them in every file, this
 * file tells tsc. A `declare const` in a source that asc reads would become a WebAssembly import instead.
 */

/** 1 in the rig build (unsafe policies and seeded bugs), 0 in production, where code behind it is not compiled. */
declare const RIG: i32;
/** FNV-1a over the constants of layout.ts: see host/mirror/layout-digest.ts. */
declare const LAYOUT_DIGEST: u32;
