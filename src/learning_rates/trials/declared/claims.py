"""What the articles claim: data, written before the first result that judges it.

A claim names the comparison that would bear it out, and the margin below which a difference counts as none. Several
claims may be read from one trial.
"""

from functools import partial

from learning_rates.trials.declared.forms import (
    Claim,
    Contrast,
    Lead,
    Measure,
    as_published,
    final,
)
from learning_rates.trials.declared.trials import SETTINGS

# The claims of each family are corrected together for their number.
ARTICLES, PAPER = "the articles", "the paper on super-convergence"

SUPERCHARGE = partial(Claim, source="supercharge", family=ARTICLES, trial="rock paper scissors")
ACHIEVING = partial(Claim, source="achieving", family=ARTICLES, trial="ants and bees")
SCHEDULED = Contrast(as_published("Adam, scheduled"), as_published("Adam, 0.001"))
ONE_CYCLE = Contrast(as_published("1cycle"), as_published("fixed"))
# Declared with the second edition and the third, when the results were known: why a claim gets no verdict from its
# trial. It gets none where the trial leaves out what the article did: a part of the network that it trained, what it
# did to its data, the rates that it named, the settings that it compared. A trial that is smaller alone is judged.
WHOLE = "the article trains the whole network on augmented images; here its features are frozen"
OTHERS = "the article names dropout rate and activation; neither is varied here"
MINIATURE = (
    "the paper trains 56 layers on 50,000 mirrored images at rates up to 3; here 8 layers, on 1,000 images as they "
    "are, at rates up to 1"
)
# Declared after the third: a claim that names no ruler is open where two were read and make different calls.
CLOCK = "equivalent within ±5 by the clock"
OTHER_RULE = "the article reads a rate just below that of the least loss; here a tenth of the latter is taken"
SUPER = partial(Claim, source="smith2017superconvergence", family=PAPER, trial="super-convergence")

CLAIMS: dict[str, Claim] = {
    "A0.1": SUPERCHARGE(
        said="It is able to assist our model to achieve convergence in just 5 epochs as compared to the other "
        "two models.",
        contrast=Contrast(final("ramp and halve"), final("constant")),
        published=SCHEDULED,
        measure=Measure.EPOCHS,
        unit="epochs",
        direction=-1,
        margin=1.0,
        confirms="The schedule reaches the constant rate's final accuracy at least an epoch before that rate does.",
        refutes="It does so within an epoch of it, or later.",
        fault="A curve of one run each, on the test images; and the schedule's own peak was doubled, the "
        "baseline's rate not.",
        untested=WHOLE,
        short="scheduled Adam converges sooner",
        answer="There all of the network is trained, on augmented images: a schedule has more to do.",
    ),
    "A0.2": SUPERCHARGE(
        said="… MobileNetV2_lr outperforms the other two very easily.",
        contrast=Contrast(final("ramp and halve"), final("constant")),
        published=SCHEDULED,
        claimed=0.0,
        confirms="The schedule's accuracy is higher by at least the margin.",
        refutes="It is equivalent, or lower.",
        fault="The article's own table shows the schedule behind, 341 against 343 of 372 images; the small CNN "
        "beside it is another network and no control.",
        untested=WHOLE,
        short="scheduled Adam ends higher",
        answer="As for A0.1; and the small network beside it is clearly beaten.",
    ),
    "A0.3": SUPERCHARGE(
        said="We reach consistent values of validation accuracies ranging between 90–92% within 10 epochs which is so "
        "far the best we have seen across all our models.",
        contrast=Contrast(final("ramp and halve"), final("constant")),
        published=SCHEDULED,
        at=10 / 24,
        confirms="After 10 of 24 epochs the schedule is ahead of the constant rate by at least the margin.",
        refutes="It is not: then the constant rate is as quick.",
        fault="Best by a curve of one run each; and validation and test set are the same images.",
        untested=WHOLE,
        short="scheduled Adam is ahead after ten epochs",
        answer="As for A0.1; “best” is said of the article's own three models.",
    ),
    "A1.1": ACHIEVING(
        said="Printed: fixed rate 0.9411, 1cycle 0.9607.",
        printed=True,
        contrast=Contrast(final("one-cycle"), final("step decay")),
        published=ONE_CYCLE,
        claimed=1.96,
        confirms="One-cycle's accuracy is higher than the stepped decay's by at least the margin, both tuned alike.",
        refutes="It is equivalent, or lower.",
        fault="147 against 144 of 153 images; the best epoch was picked on them; only one-cycle's rate was "
        "tuned; and the “fixed” rate decays.",
        untested=WHOLE,
        short="1cycle beats a stepped decay, ants and bees",
        answer="There all of ResNet-18 is trained; and 49 images are too few to tune with.",
    ),
    "A1.2": ACHIEVING(
        said="Though this experiment is a simple one, it is proven that 1cycle policy does a job in increasing the "
        "accuracy of neural network models and helps for super convergence.",
        contrast=Contrast(final("one-cycle", 0.2), final("linear decay")),
        equal=True,
        margin=1.0,
        confirms="One-cycle on a fifth of the samples is equivalent to a tuned linear decay on all of them.",
        refutes="It is worse.",
        fault="One experiment of one seed proves nothing; convergence in fewer steps was not measured.",
        untested=WHOLE,
        short="1cycle needs a fifth of the samples",
        answer="A fifth is this book's reading: the article says only that 1cycle helps.",
    ),
    "A1.3": ACHIEVING(
        said="Run the LR range finder to find the maximum learning rate value to use on 1cycle learning.",
        contrast=Contrast(final("one-cycle, range test"), final("one-cycle")),
        equal=True,
        margin=1.0,
        confirms="One-cycle at the rate that a range test gives is equivalent to one-cycle with a tuned peak.",
        refutes="It is worse.",
        fault="The text reads 5e-3 from its curve and takes 7e-3.",
        untested=OTHER_RULE,
        short="a range test gives 1cycle's peak",
        answer="The rule there is a rate just below that of the least loss, and no tenth of it.",
    ),
    "A2.1": Claim(
        source="quijas2023onecycle",
        family=ARTICLES,
        said="By epoch 9, the 1cycle model had achieved better validation accuracy compared to the best "
        "baseline validation accuracy.",
        trial="fashion",
        contrast=Contrast(final("one-cycle", 1 / 3), final("constant")),
        claimed=0.0,
        confirms="One-cycle in 9 epochs ends higher than a tuned constant rate in 27, by at least the margin.",
        refutes="It is equivalent, or lower.",
        fault="The baseline's rate is not stated in our copy, so nobody can tell whether it was tuned.",
        short="1cycle in a third of the epochs, Fashion-MNIST",
        answer="It was said of the best epoch of an ordinary baseline, and holds against Keras's default.",
    ),
    "A2.2": Claim(
        source="quijas2023onecycle",
        family=ARTICLES,
        said="The 1cycle variant achieved a 81.2% validation accuracy, compared to 73.4% validation accuracy with the "
        "baseline model.",
        trial="cifar",
        contrast=Contrast(final("one-cycle"), final("constant")),
        published=Contrast(final("one-cycle"), as_published("Keras's default")),
        claimed=7.8,
        confirms="One-cycle's accuracy is higher than a tuned constant rate's by at least the margin.",
        refutes="It is equivalent, or lower.",
        fault="The baseline's rate is not stated in our copy, so nobody can tell whether it was tuned; “10.6 %” is 7.8 "
        "points.",
        short="1cycle ends higher, CIFAR-10",
        answer="A larger network, all images and an ordinary baseline may well give 7.8.",
        stand_in="Keras's default (the article names no rate)",
    ),
    "A2.3": Claim(
        source="quijas2023onecycle",
        family=ARTICLES,
        said="1cycle achieved a RMSE of 6.27, compared to 17.1 with the baseline model.",
        trial="boston",
        unit="thousand dollars",
        contrast=Contrast(final("one-cycle"), final("constant")),
        direction=-1,
        claimed=-10.83,
        confirms="One-cycle's error is smaller than a tuned constant rate's by at least half a thousand dollars.",
        refutes="It is equivalent, or greater.",
        fault="17.1 is nearly twice the error of predicting the mean; read as mean squared errors the numbers would be "
        "plausible.",
        short="1cycle's error is a third, Boston",
        answer="The two numbers may be mean squared errors.",
    ),
    "A2.4": Claim(
        source="quijas2023onecycle",
        family=ARTICLES,
        said="… using large batch sizes such as 2048 resulted in exploding weight updates and Nan values.",
        trial="batch size",
        contrast=Contrast(as_published("batch 2048, rate 0.64"), as_published("batch 32, rate 0.64")),
        measure=Measure.DIVERGED,
        unit="% of the runs",
        margin=10.0,
        confirms="At the same rate, more runs diverge with batch 2,048 than with batch 32.",
        refutes="As many do, or fewer: then it is the rate.",
        fault="Rate and batch size were not varied apart.",
        short="large batches explode",
        answer="A rate that trains batch 32 and breaks batch 2,048 was not looked for.",
    ),
    "A2.5": Claim(
        source="quijas2023onecycle",
        family=ARTICLES,
        said="… do not forget to scale your data.",
        trial="scaling",
        contrast=Contrast(final("standardised"), final("as it comes")),
        confirms="With standardised inputs a tuned network is more accurate by at least the margin.",
        refutes="It is equivalent, or less.",
        fault="Stated without a run.",
        short="standardise the inputs",
        answer="Nothing: it holds.",
    ),
    "A3.1": Claim(
        source="clemente2020cycling",
        family=ARTICLES,
        said="… our model trains much faster, taking even less than 50 seconds in total.",
        trial="timing",
        unit="% of the processor's time",
        contrast=Contrast(as_published("CLR over a constant rate"), None),
        published=Contrast(as_published("CLR at batch 350 over a constant rate at batch 32"), None),
        direction=-1,
        claimed=-67.0,
        margin=5.0,
        confirms="At the same batch size the same samples take at least 5 % less time with cycles.",
        refutes="They take as long, or longer.",
        fault="Batch size 350 against Keras's 32: fewer steps for the same samples.",
        short="cycles train faster",
        answer="Two whole recipes were compared, batch size included, and the seconds were saved.",
    ),
    "A3.2": Claim(
        source="clemente2020cycling",
        family=ARTICLES,
        said="Testing accuracy also improves, from 64.7% to 65%.",
        trial="cardio",
        contrast=Contrast(final("triangular"), final("constant")),
        published=Contrast(as_published("CLR, batch 350"), as_published("SGD, 0.01, batch 32")),
        claimed=0.3,
        confirms="The triangular policy is better than a tuned constant rate by at least the margin.",
        refutes="It is equivalent, or worse.",
        fault="Batch size 350 against 32; 0.3 points of 14,000 rows are within the noise of two draws (p = 0.61).",
        short="cycles end higher, cardiovascular table",
        answer="The printed gain was found; a margin above it is this book's.",
    ),
    "A3.3": Claim(
        source="clemente2020cycling",
        family=ARTICLES,
        said="… unlike adaptive learning rates, the CLR method requires no extra computation.",
        trial="timing",
        unit="% of the processor's time",
        contrast=Contrast(as_published("CLR over a constant rate"), None),
        direction=-1,
        equal=True,
        margin=5.0,
        confirms="A step with a cycling rate takes as long as one with a constant rate, within 5 %.",
        refutes="It takes longer.",
        fault="Stated without a measurement.",
        short="cycles cost no time a step",
        answer="A cycle costs one look-up a step; the ruler was too coarse to show it.",
    ),
    "A3.4": Claim(
        source="clemente2020cycling",
        family=ARTICLES,
        said="… we no longer have to manually tune the learning rates and we can still achieve near-optimal "
        "classification accuracy.",
        trial="cardio",
        contrast=Contrast(final("triangular, range test"), final("constant")),
        equal=True,
        confirms="Triangular cycles whose peak a range test gives are equivalent to a tuned constant rate.",
        refutes="They are worse.",
        fault="No range test is shown, and the accuracy lies below what the table allows.",
        short="no tuning is left",
        answer="On this table it holds, by a margin as wide as all that tuning and schedules gain.",
    ),
    "A4.1": Claim(
        source="paul2018cyclical",
        family=ARTICLES,
        said="Printed: error 1.91 % with Adam, 1.64 % with cycles.",
        printed=True,
        trial="mnist",
        contrast=Contrast(final("triangular"), final("constant")),
        published=Contrast(as_published("CLR, weights continued"), as_published("Adam, 0.001")),
        claimed=0.27,
        margin=0.1,
        confirms="The triangular policy is better than a tuned constant rate by at least 0.1 points.",
        refutes="It is equivalent, or worse.",
        fault="The second arm goes on from the first one's weights, at ten times the batch size; its rate "
        "climbs 15 % of one ramp; the test images serve as validation.",
        short="cycles end higher, MNIST",
        answer="It shows how a callback is used, and nobody called one run a proof.",
    ),
    "A4.2": Claim(
        source="paul2018cyclical",
        family=ARTICLES,
        said="… all of the forms produced equivalent results",
        trial="mnist",
        contrast=Contrast(final("Hann"), final("triangular")),
        equal=True,
        two_sided=True,
        margin=0.1,
        confirms="The sinusoidal window is equivalent to the triangular one.",
        refutes="It is better or worse by more than the margin.",
        fault="Reported from the paper, without a run.",
        short="three windows are alike",
        answer="It holds of Hann's window, as in the paper that it is taken from; Welch's was not asked.",
    ),
    "A4.3": Claim(
        source="paul2018cyclical",
        family=ARTICLES,
        said="The team's configuration was quite simple as the cost is only $40.",
        trial="",
        contrast=None,
        confirms="The run's own report names ordinary hardware.",
        refutes="It names the fastest of its day.",
        fault="The run used 128 V100 cards, and its 93 % is top-5 accuracy.",
        short="ordinary hardware is enough",
        answer="For 40 dollars anybody can rent these machines for eighteen minutes.",
    ),
    "A4.4": Claim(
        source="paul2018cyclical",
        family=ARTICLES,
        said="It is because the learning rate is the most important one among them.",
        trial="settings",
        contrast=Lead("rate", SETTINGS),
        measure=Measure.SHARE,
        unit="% of the variance",
        margin=5.0,
        confirms="The rate's main effect explains at least 5 points more of the variance of accuracy than any other.",
        refutes="Another factor explains as much.",
        fault="Quoted as a rule, without a run. “Them” are the dropout rate and the activation; the trial varies batch "
        "size, momentum and width, and judges the wider rule.",
        untested=OTHERS,
        short="the rate matters most",
        answer="“Them” are dropout and activation, which were not varied here.",
    ),
    "A4.5": Claim(
        source="paul2018cyclical",
        family=ARTICLES,
        said="… experimentations with Adaptive Learning Rates are computationally expensive which CLR is not.",
        trial="timing",
        unit="% of the processor's time",
        contrast=Contrast(as_published("Adam over SGD"), None),
        margin=5.0,
        confirms="A step of Adam takes at least 5 % longer than one of SGD with momentum.",
        refutes="It takes as long, within 5 %.",
        fault="Stated without a measurement.",
        ruler=CLOCK,
        short="Adam is expensive",
        answer="Computation is what a processor does: by its time the claim holds, for this network, on one core.",
    ),
    "S.1": SUPER(
        said="… neural networks can be trained an order of magnitude faster than with standard training methods.",
        contrast=Contrast(final("one-cycle", 1 / 8), final("drops")),
        equal=True,
        confirms="One-cycle on an eighth of the samples is level with the long run whose rate drops twice, or better.",
        refutes="It is worse.",
        fault="One run an arm in Figure 1a; a long arm whose batch normalisation averages over another time.",
        untested=MINIATURE,
        short="super-convergence, 8 times shorter",
        answer="It is claimed of ResNet-56 and 50,000 images, not of a miniature.",
    ),
    "S.2": SUPER(
        said="One of the key elements of super-convergence is training with one learning rate cycle and a large "
        "maximum learning rate.",
        contrast=Contrast(final("one-cycle", 1 / 8), final("linear decay", 1 / 8)),
        confirms="At the short budget one-cycle is better than a tuned linear decay by at least the margin.",
        refutes="It is equivalent, or worse: then the cycle is no key element.",
        fault="Figure 1a has no arm that decays at the short budget without a cycle.",
        untested=MINIATURE,
        short="super-convergence needs the cycle",
        answer="As for S.1; and the miniature bears no peak as large as the paper's.",
    ),
}
