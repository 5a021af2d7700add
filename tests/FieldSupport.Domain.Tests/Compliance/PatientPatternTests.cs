using FieldSupport.Domain.Compliance;
using Xunit;

namespace FieldSupport.Domain.Tests.Compliance;

public sealed class PatientPatternTests
{
    [Theory]
    [InlineData("DOB 3/4/61")]
    [InlineData("d.o.b: 03/04/1961")]
    [InlineData("date of birth unknown")]
    [InlineData("she was born in 1961")]
    [InlineData("for the one from 03/04/1961")]
    [InlineData("1961-03-04")]
    [InlineData("MRN 4471182")]
    [InlineData("chart # 5512")]
    [InlineData("SSN on file")]
    [InlineData("078-05-1120")]
    [InlineData("patient Smith needs it Tuesday")]
    [InlineData("pt. Jones is waiting")]
    [InlineData("Patient: Maria will come at 9")]
    [InlineData("72-year-old waiting")]
    [InlineData("aged 72")]
    [InlineData("member ID W22911")]
    [InlineData("runs at 350 mcg/day")]
    [InlineData("has cerebral palsy")]
    public void What_names_or_describes_a_patient_is_found(string text) => Assert.NotNull(PatientPatterns.Find(text));

    [Theory]
    [InlineData("FedEx says it is on the next truck, out of Memphis 6:12 am")]
    [InlineData("Spoke to Dana in Patient Services, she checks the dock")]
    [InlineData("the patient visit is on Tuesday 11/24/2026")]
    [InlineData("Patient Tuesday, so it must be there Friday")]
    [InlineData("call back (901) 555-0142 before 4:00 PM PT Monday")]
    [InlineData("901-555-0142")]
    [InlineData("2 x 20 mL, 500 mcg/mL, NDC 70121-2503-01, lot A123")]
    [InlineData("tracking 7712 0481 5520, PO LR-881")]
    [InlineData("no answer; left a message")]
    [InlineData("averaged 3 calls, packaged 2027-02-04")]
    [InlineData("")]
    [InlineData(null)]
    public void Ordinary_talk_about_a_parcel_passes(string? text) => Assert.Null(PatientPatterns.Find(text));

    [Fact]
    public void The_sentence_says_what_to_take_out() =>
        Assert.Equal("Take out “DOB 3/4/61”: it reads like a date of birth. A note here speaks of the delivery only, never of a patient.", PatientPatterns.Find("His DOB 3/4/61!")!.Sentence);
}
