;; out ← a · b, four columns at a time. Addresses and strides are in bytes; the columns of b, and those of out, lie side
;; by side. tests/site/test_trainer.py assembles this text and compares it with multiply.wasm.
(module
  (memory (import "env" "memory") 1)
  (func (export "multiply")
    (param $rows i32) (param $columns i32) (param $terms i32) (param $out i32) (param $outRow i32)
    (param $a i32) (param $aRow i32) (param $aColumn i32) (param $b i32) (param $bRow i32)
    (local $j i32) (local $k i32) (local $x i32) (local $y i32) (local $four v128) (local $one f32)
    (loop $row
      (local.set $j (i32.const 0))
      (loop $column
        (local.set $k (local.get $terms))
        (local.set $x (local.get $a))
        (local.set $y (i32.add (local.get $b) (i32.shl (local.get $j) (i32.const 2))))
        (if (i32.le_s (i32.add (local.get $j) (i32.const 4)) (local.get $columns))
          (then
            (local.set $four (v128.const f32x4 0 0 0 0))
            (loop $term
              (local.set $four
                (f32x4.add (local.get $four)
                  (f32x4.mul (v128.load32_splat (local.get $x)) (v128.load align=4 (local.get $y)))))
              (local.set $x (i32.add (local.get $x) (local.get $aColumn)))
              (local.set $y (i32.add (local.get $y) (local.get $bRow)))
              (br_if $term (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
            (v128.store align=4 (i32.add (local.get $out) (i32.shl (local.get $j) (i32.const 2))) (local.get $four))
            (local.set $j (i32.add (local.get $j) (i32.const 4))))
          (else
            (local.set $one (f32.const 0))
            (loop $term
              (local.set $one
                (f32.add (local.get $one) (f32.mul (f32.load (local.get $x)) (f32.load (local.get $y)))))
              (local.set $x (i32.add (local.get $x) (local.get $aColumn)))
              (local.set $y (i32.add (local.get $y) (local.get $bRow)))
              (br_if $term (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
            (f32.store (i32.add (local.get $out) (i32.shl (local.get $j) (i32.const 2))) (local.get $one))
            (local.set $j (i32.add (local.get $j) (i32.const 1)))))
        (br_if $column (i32.lt_s (local.get $j) (local.get $columns))))
      (local.set $a (i32.add (local.get $a) (local.get $aRow)))
      (local.set $out (i32.add (local.get $out) (local.get $outRow)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))
