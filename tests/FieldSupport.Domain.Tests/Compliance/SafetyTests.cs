using System.Globalization;
using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Shared;
using Xunit;

namespace FieldSupport.Domain.Tests.Compliance;

public sealed class SafetyTests
{
    [Theory]
    [InlineData("America/Chicago", "2027-04-14T15:20:00-05:00", "2027-04-15T15:20:00-05:00")] // story 12
    [InlineData("America/Chicago", "2027-04-16T15:20:00-05:00", "2027-04-19T15:20:00-05:00")] // Friday
    [InlineData("America/Chicago", "2027-04-17T09:00:00-05:00", "2027-04-19T09:00:00-05:00")] // Saturday
    [InlineData("America/New_York", "2027-07-02T10:00:00-04:00", "2027-07-06T10:00:00-04:00")] // Sunday the 4th is observed on Monday
    [InlineData("America/Chicago", "2027-03-12T15:20:00-06:00", "2027-03-15T15:20:00-05:00")] // the clocks are set in between
    [InlineData("America/Chicago", "2027-04-15T03:00:00+00:00", "2027-04-15T22:00:00-05:00")] // still the 14th there
    [InlineData("America/Chicago", "2027-12-23T23:59:59-06:00", "2027-12-27T23:59:59-06:00")] // the 24th is the observed holiday
    public void A_report_is_due_at_the_same_clock_time_of_the_next_federal_business_day(string zone, string aware, string due)
    {
        var at = SafetyClock.DueAt(DateTimeOffset.Parse(aware, CultureInfo.InvariantCulture), ZonedTime.Find(zone)!);
        Assert.Equal(DateTimeOffset.Parse(due, CultureInfo.InvariantCulture), at);
    }

    [Theory]
    [InlineData("She was taken to the hospital.", "hospital")]
    [InlineData("Patient HOSPITALIZED on Friday", "HOSPITALIZED")]
    [InlineData("had a fever, they say", "fever")]
    [InlineData("felt feverish", "feverish")]
    [InlineData("signs of withdrawal", "withdrawal")]
    [InlineData("Legs are rigid again", "rigid")]
    [InlineData("an overdose?", "overdose")]
    [InlineData("somebody overdosed", "overdosed")]
    [InlineData("He died.", "died")]
    [InlineData("one ampule leaked", "leaked")]
    [InlineData("box is leaking", "leaking")]
    [InlineData("the solution looks cloudy", "cloudy")]
    [InlineData("Particles in it", "Particles")]
    [InlineData("a cracked ampule", "cracked")]
    [InlineData("an itchy rash on the arm", "itchy")]
    [InlineData("the ampule came broken", "broken")]
    [InlineData("tiene fiebre", "fiebre")]
    [InlineData("la llevaron a urgencias", "urgencias")]
    [InlineData("una reacción ALÉRGICA", "ALÉRGICA")]
    [InlineData("síntomas de abstinencia", "abstinencia")]
    [InlineData("ampolla agrietada", "agrietada")]
    [InlineData("tuvo efectos secundarios", "efectos secundarios")]
    [InlineData("está en el hospital", "hospital")]
    [InlineData("la llevaron a URGENCIAS", "URGENCIAS")]
    [InlineData("vino la ambulancia", "ambulancia")]
    [InlineData("está rígido otra vez", "rígido")]
    [InlineData("rigidez en las piernas", "rigidez")]
    [InlineData("tuvo una convulsión", "convulsión")]
    [InlineData("tuvo una convulsion", "convulsion")]
    [InlineData("tuvo CONVULSIO\u0301N anoche", "CONVULSIO\u0301N")] // the accent sent apart
    [InlineData("muchos espasmos", "espasmos")]
    [InlineData("¿una sobredosis?", "sobredosis")]
    [InlineData("le salió un sarpullido", "sarpullido")]
    [InlineData("una reacción adversa", "reacción adversa")]
    [InlineData("efectos secundarios", "efectos secundarios")]
    [InlineData("alergia a algo", "alergia")]
    [InlineData("el paciente murió", "murió")]
    [InlineData("El paciente ha muerto.", "muerto")]
    [InlineData("falleció el lunes", "falleció")]
    [InlineData("dicen que va a morir", "morir")]
    [InlineData("sigue internada desde ayer", "internada")]
    [InlineData("está embarazada", "embarazada")]
    [InlineData("hay una fuga", "fuga")]
    [InlineData("se derramó en la caja", "derramó")]
    [InlineData("el líquido está turbio", "turbio")]
    [InlineData("se ven partículas", "partículas")]
    [InlineData("frasco roto", "roto")]
    public void A_word_that_may_mean_harm_is_named(string text, string word) => Assert.Equal(word, SafetyWords.Find(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Nobody answered, will call again.")]
    [InlineData("The hospitality suite is next door")]
    [InlineData("Withdrawn from the dock, new deadline is Friday")]
    [InlineData("cloud portal is down")]
    [InlineData("the driver asked for the dock door, studied the map")]
    [InlineData("No icy roads; circuit is fine")]
    [InlineData("No contestan; el conductor llega mañana, urge la firma")]
    [InlineData("Llegó la caja, falta la firma; llamo el miércoles")]
    [InlineData("El nuevo filtro y la pajilla están en el almacén")]
    [InlineData("¡Qué situación tan embarazosa! Mañana envían otro paquete.")]
    [InlineData("Contamos doce cajas y la rotación es normal")]
    [InlineData("El pedido está ingresado en el sistema interno")]
    [InlineData("📦 café, niño, año")]
    public void Ordinary_talk_about_a_parcel_asks_nothing(string? text) => Assert.Null(SafetyWords.Find(text));
}
