module hookwright/runtime/gob/tests/judge

go 1.26.0
