import { bytesOf, elementType, servableDType } from "../../../compiler/models/element-types.js";
import { dtypeNames } from "../../../runtime/values/dtype.js";

const names = Array.from({ length: 27 }, (_, number) => elementType(number));

test("every element type has its name", () => {
  expect(names.slice(1).join(" ")).toBe(
    "float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16 " +
      "float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1 float8e8m0 uint2 int2",
  );
  expect(elementType(99)).toBe("type 99");
});

test("those that onnxruntime-node carries are servable, and no others", () => {
  expect(names.filter((name) => servableDType(name) !== undefined).sort()).toEqual([...dtypeNames].sort());
});

test("types below a byte are packed, strings have no size", () => {
  const sizes = (["int4", "float16", "string"] as const).map((name) => bytesOf(names.indexOf(name), 3));
  expect(sizes).toEqual([2, 6, 0]);
});
