/** The only AssemblyScript type name in assembly/layout.ts; there a machine word, here a number. */
declare type u32 = number;
