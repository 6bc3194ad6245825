"""The engines that train the runs of a trial; `learning_rates.trials.engine` says what each needs and gives."""
