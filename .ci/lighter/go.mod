module purser.example/lighter

go 1.26.0
