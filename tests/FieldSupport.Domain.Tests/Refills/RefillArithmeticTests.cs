using FieldSupport.Domain.Refills;
using FsCheck.Xunit;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Refills;

public class RefillArithmeticTests
{
    private static readonly HashSet<decimal> Catalogue = [500m, 2000m];

    private static readonly PumpFill Fill = new()
    {
        FillDate = D("2026-09-01"),
        FillVolumeMl = 40m,
        ConcentrationMcgPerMl = 2000m,
        DailyDoseMcg = 600m,
        ReservoirMl = 40m,
    };

    private static RefillCalculation Calculate(PumpFill fill, RefillPolicy? policy = null) =>
        RefillArithmetic.Calculate(fill, Catalogue, policy ?? RefillPolicy.Default);

    private static RefillDates Dates(PumpFill fill)
    {
        var calculation = Calculate(fill);
        Assert.Empty(calculation.Refusals);
        return calculation.Dates!;
    }

    [Theory]
    [InlineData("R1", 40, 2000, 600, 2, 126, 133, "2027-01-05", false)]
    [InlineData("R2", 20, 500, 150, 2, 60, 66, "2026-10-31", false)]
    [InlineData("R3", 40, 2000, 200, 2, 380, 400, "2027-02-28", true)]
    [InlineData("R4", 20, 2000, 350, 2, 102, 114, "2026-12-12", false)]
    [InlineData("R5", 40, 500, 275.5, 2, 68, 72, "2026-11-08", false)]
    [InlineData("R6", 40, 2000, 600, 4, 120, 133, "2026-12-30", false)]
    public void The_worked_rows_come_out(
        string row, decimal fill, decimal concentration, decimal dose, decimal alarm, int toAlarm, int toEmpty, string refillBy, bool capped)
    {
        var calculation = Calculate(Fill with { FillVolumeMl = fill, ConcentrationMcgPerMl = concentration, DailyDoseMcg = dose, AlarmVolumeMl = alarm });
        Assert.True(calculation.Refusals.Count == 0, row);
        Assert.Empty(calculation.Warnings);
        var dates = calculation.Dates!;
        Assert.Equal((toAlarm, toEmpty), (dates.DaysToAlarm, dates.DaysToEmpty));
        Assert.Equal(D("2026-09-01").AddDays(toAlarm), dates.LowReservoirOn);
        Assert.Equal(D("2027-02-28"), dates.StabilityLimitOn);
        Assert.Equal(D(refillBy), dates.RefillByOn);
        Assert.Equal(capped, dates.IsCappedByStability);
        Assert.False(dates.IsFromPrintout);
    }

    [Fact]
    public void A_whole_number_of_days_is_not_lost_to_an_endless_fraction()
    {
        // 250 / 375 mL a day is endless: 20 mL × 375 / 250 is exactly 30 days.
        Assert.Equal(30, Dates(Fill with { FillVolumeMl = 22m, ConcentrationMcgPerMl = 375m, DailyDoseMcg = 250m, IsDiluted = true }).DaysToAlarm);
        // 1 / 3 of a mL a day.
        Assert.Equal(60, Dates(Fill with { FillVolumeMl = 22m, ConcentrationMcgPerMl = 1500m, DailyDoseMcg = 500m, IsDiluted = true }).DaysToAlarm);
        Assert.Equal(59, Dates(Fill with { FillVolumeMl = 22m, ConcentrationMcgPerMl = 1500m, DailyDoseMcg = 500.000001m, IsDiluted = true }).DaysToAlarm);
    }

    [Theory]
    [InlineData("2027-01-05", 7, "2026-12-29")]
    [InlineData("2027-01-05", 4, "2026-12-31")] // 01-01 is a holiday
    [InlineData("2027-01-05", 0, "2027-01-05")]
    public void The_target_visit_is_the_last_clinic_day_before_the_buffer(string refillBy, int buffer, string target)
    {
        var dates = Dates(Fill);
        Assert.Equal(D(refillBy), dates.RefillByOn);
        Assert.Equal(D(target), dates.TargetVisitOn(Story, buffer));
    }

    [Fact]
    public void The_stability_limit_of_the_pump_decides()
    {
        var dates = Calculate(Fill, new RefillPolicy(MaxRefillIntervalDays: 90)).Dates!;
        Assert.Equal(D("2026-11-30"), dates.RefillByOn);
        Assert.True(dates.IsCappedByStability);
    }

    [Theory]
    [InlineData("2027-01-02", false)]
    [InlineData("2027-01-08", false)]
    [InlineData("2027-01-01", true)]
    [InlineData("2027-01-09", true)]
    public void The_printout_overrides_and_more_than_three_days_apart_is_warned_about(string printout, bool warned)
    {
        var calculation = Calculate(Fill with { PrintoutLowReservoirOn = D(printout) });
        Assert.Equal(D(printout), calculation.Dates!.LowReservoirOn);
        Assert.Equal(D(printout), calculation.Dates.RefillByOn);
        Assert.Equal(D("2027-01-05"), calculation.Dates.CalculatedLowReservoirOn);
        Assert.True(calculation.Dates.IsFromPrintout);
        Assert.Equal(warned, calculation.Warnings.Any(w => w.Code == "PRINTOUT_DIFFERS"));
    }

    [Fact]
    public void A_printout_does_not_lift_the_stability_limit() =>
        Assert.Equal(D("2027-02-28"), Dates(Fill with { PrintoutLowReservoirOn = D("2027-06-01") }).RefillByOn);

    [Theory]
    [InlineData(5428.571428, false)] // 14 days
    [InlineData(5428.571429, true)]
    public void Fewer_than_fourteen_days_is_warned_about(decimal dose, bool warned)
    {
        var calculation = Calculate(Fill with { DailyDoseMcg = dose });
        Assert.NotNull(calculation.Dates);
        Assert.Equal(warned, calculation.Warnings.Any(w => w.Code == "SHORT_INTERVAL"));
    }

    [Fact]
    public void An_unknown_reservoir_is_said_to_be_unchecked() =>
        Assert.Equal("RESERVOIR_NOT_STATED", Assert.Single(Calculate(Fill with { ReservoirMl = null }).Warnings).Code);

    public static TheoryData<string, PumpFill> Refused => new()
    {
        { "CONCENTRATION_NOT_IN_CATALOGUE", Fill with { ConcentrationMcgPerMl = 1000m } },
        { "CONCENTRATION_NOT_IN_CATALOGUE", Fill with { ConcentrationMcgPerMl = 50m } },
        { "CONCENTRATION_NOT_POSITIVE", Fill with { ConcentrationMcgPerMl = 0m, IsDiluted = true } },
        { "FILL_OVER_RESERVOIR", Fill with { FillVolumeMl = 40.1m } },
        { "RESERVOIR_NOT_POSITIVE", Fill with { ReservoirMl = 0m } },
        { "FILL_VOLUME_NOT_POSITIVE", Fill with { FillVolumeMl = 0m } },
        { "ALARM_NOT_BELOW_FILL", Fill with { AlarmVolumeMl = 40m } },
        { "ALARM_NOT_BELOW_FILL", Fill with { AlarmVolumeMl = 41m } },
        { "ALARM_VOLUME_NEGATIVE", Fill with { AlarmVolumeMl = -1m } },
        { "DOSE_NOT_POSITIVE", Fill with { DailyDoseMcg = 0m } },
        { "DOSE_NOT_POSITIVE", Fill with { DailyDoseMcg = -5m } },
        { "DOSE_TOO_LOW", Fill with { DailyDoseMcg = 0.000001m } },
        { "NUMBER_OUT_OF_RANGE", Fill with { DailyDoseMcg = decimal.MaxValue } },
        { "NUMBER_OUT_OF_RANGE", Fill with { DailyDoseMcg = 0.0000000000000000000000000001m } },
        { "FILL_DATE_OUT_OF_RANGE", Fill with { FillDate = DateOnly.MinValue } },
        { "FILL_DATE_OUT_OF_RANGE", Fill with { FillDate = DateOnly.MaxValue } },
        { "PRINTOUT_BEFORE_FILL", Fill with { PrintoutLowReservoirOn = D("2026-08-31") } },
        { "VOLUME_BEFORE_FILL", Fill with { VolumeOn = D("2026-08-31") } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_right_is_refused_by_name(string code, PumpFill fill)
    {
        var calculation = Calculate(fill);
        Assert.Null(calculation.Dates);
        var refusal = Assert.Single(calculation.Refusals);
        Assert.Equal(code, refusal.Code);
        Assert.EndsWith(".", refusal.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void All_refusals_are_named_at_once() => Assert.Equal(
        ["FILL_OVER_RESERVOIR", "DOSE_NOT_POSITIVE", "CONCENTRATION_NOT_IN_CATALOGUE"],
        Calculate(Fill with { FillVolumeMl = 50m, DailyDoseMcg = 0m, ConcentrationMcgPerMl = 750m }).Refusals.Select(r => r.Code));

    [Fact]
    public void A_diluted_concentration_need_not_be_in_the_catalogue() =>
        Assert.Equal(63, Dates(Fill with { ConcentrationMcgPerMl = 1000m, IsDiluted = true }).DaysToAlarm);

    [Fact]
    public void After_a_dose_change_the_days_run_from_the_remaining_volume_and_the_stability_limit_from_the_fill()
    {
        var dates = Dates((Fill with { PrintoutLowReservoirOn = D("2027-01-05") }).AfterDoseChange(D("2026-11-01"), 22m, 800m));
        Assert.Equal(50, dates.DaysToAlarm);
        Assert.Equal(D("2026-12-21"), dates.RefillByOn);
        Assert.Equal(D("2027-02-28"), dates.StabilityLimitOn);
        Assert.False(dates.IsFromPrintout);
    }

    [Property(MaxTest = 500)]
    public bool More_dose_never_gives_a_later_date(ushort dose, ushort more, byte volume)
    {
        var fill = Fill with { FillVolumeMl = 3m + volume % 38, DailyDoseMcg = 10m + dose / 10m };
        var higher = fill with { DailyDoseMcg = fill.DailyDoseMcg + more / 10m };
        var (a, b) = (Dates(fill), Dates(higher));
        return b.LowReservoirOn <= a.LowReservoirOn && b.RefillByOn <= a.RefillByOn && b.TargetVisitOn(Story) <= a.TargetVisitOn(Story)
            && a.DaysToAlarm <= a.DaysToEmpty && a.RefillByOn <= a.StabilityLimitOn;
    }
}
